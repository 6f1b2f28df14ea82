import { isIP } from 'node:net'
import { AUTHORIZED, CLIENT_COMMANDS } from './command-flags.ts'
import type { CommandName } from './commands.ts'
import { PORT } from './flag-values.ts'

/** Returns whether a variable names a port. For a service named `fake-devin`, Kubernetes sets FAKE_DEVIN_PORT=tcp://10.0.0.1:8080 in the pods of its namespace. */
export const isPort = (text: string) => !text.startsWith('tcp://')

const SERVE_AND_CLIENTS: readonly CommandName[] = ['serve', ...CLIENT_COMMANDS]

const forClients = (text: string) => (command: CommandName) => (command === 'serve' ? undefined : text)

/** The flags for the address and the token of a server, which its clients share. */
export const ADDRESS_FLAGS = {
  port: {
    ...PORT,
    name: 'port',
    short: 'p',
    commands: SERVE_AND_CLIENTS,
    variables: ['FAKE_DEVIN_PORT', 'PORT'].map((name) => ({ name, isRelevant: isPort })),
    placeholder: 'N',
    default: 8080,
    text: 'Port to listen on; 0 picks a free one.',
    textFor: forClients('Port of the server.'),
  },
  host: {
    name: 'host',
    commands: SERVE_AND_CLIENTS,
    // tcsh and conda set HOST to a name that is not an address to listen on.
    variables: [
      { name: 'FAKE_DEVIN_HOST' },
      { name: 'HOST', isRelevant: (text: string) => text === 'localhost' || isIP(text) !== 0 },
    ],
    placeholder: 'ADDRESS',
    default: '127.0.0.1',
    text: 'Address to listen on; 0.0.0.0 for all. HOST is used only if it is an IP address or localhost.',
    textFor: forClients('Address of the server. HOST is used only if it is an IP address or localhost.'),
    takes: 'an address',
    parse: (text: string) => (/^[\w.:%-]+$/.test(text) ? text : undefined),
  },
  controlToken: {
    name: 'control-token',
    commands: AUTHORIZED,
    variables: [{ name: 'FAKE_DEVIN_CONTROL_TOKEN' }],
    placeholder: 'TOKEN',
    default: undefined,
    isSecret: true,
    text: 'Require "Authorization: Bearer TOKEN" for the control plane (/_fake/).',
    textFor: forClients('Token of the server, if it was started with --control-token.'),
    takes: 'a text without spaces',
    parse: (text: string) => (/^[\x21-\x7e]+$/.test(text) ? text : undefined),
  },
}
