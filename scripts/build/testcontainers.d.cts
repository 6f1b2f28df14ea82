import { AbstractStartedContainer, GenericContainer, type StartedTestContainer } from 'testcontainers'
import type { ConnectOptions, FakeDevin, FakeDevinOptions } from './index.cjs'

/** The options of a fake in a container: those of `startFakeDevin`, except the ones that concern addresses and HTTPS. */
export type FakeDevinContainerOptions = Omit<
  FakeDevinOptions,
  'port' | 'host' | 'tls' | 'tlsPort' | 'tlsCertFile' | 'tlsKeyFile' | 'tlsCaOutFile'
>

/** The image of fake-devin as a container of Testcontainers. It has started when `/_fake/health` answers. */
export declare class FakeDevinContainer extends GenericContainer {
  /** `image` is the image to start. Default: `fake-devin`, as `docker build -t fake-devin .` makes it. */
  constructor(image?: string)
  /**
   * Sets options of `startFakeDevin`: as variables of the container, and as files that are copied or written into it. Throws a StartError that
   * names a wrong option. A wrong value makes `start` reject with the log of the container.
   */
  withOptions(options: FakeDevinContainerOptions): this
  start(): Promise<StartedFakeDevinContainer>
}

/** A running container. */
export declare class StartedFakeDevinContainer extends AbstractStartedContainer {
  constructor(started: StartedTestContainer, controlToken?: string)
  /** The address of the API on this machine, without a slash at the end. */
  get url(): string
  /** Returns the same object as `connectFakeDevin(url, options)`. The default token is the `controlToken` of `withOptions`. */
  connect(options?: ConnectOptions): FakeDevin
}
