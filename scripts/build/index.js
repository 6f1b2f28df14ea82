// What `import` finds: the library, which is CommonJS.
export * from './library.cjs'
