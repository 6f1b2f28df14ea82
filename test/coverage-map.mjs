// Only published code must be fully covered. Tests also run examples and scripts, but in the way that users do. The page runs in a
// browser, except for the pure functions in its folder `model`. tap looks the files up for each test file, and a name for each would
// take it ten seconds.
const sources = ['src/*.ts', 'src/!(page)/**/*.ts', 'src/page/model/**/*.ts']

export default () => sources
