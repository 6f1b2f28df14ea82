// The entry point `fake-devin/testcontainers`. It is not bundled, since it extends a class of the user's own `testcontainers`.
'use strict'
const { AbstractStartedContainer, GenericContainer, Wait } = require('testcontainers')
const { connectFakeDevin } = require('./library.cjs')
const { containerSettings } = require('./container-options.cjs')

/** The port in the image. */
const PORT = 8080

/** The files are for the user of the image, who is neither their owner nor root. */
const MODE = 0o644

exports.FakeDevinContainer = class FakeDevinContainer extends GenericContainer {
  #controlToken

  constructor(image = 'fake-devin') {
    super(image)
    this.withExposedPorts(PORT)
    // A container that cannot start says why in its log, which becomes the message of the error.
    this.withWaitStrategy(Wait.forHttp('/_fake/health', PORT, { abortOnContainerExit: true }))
  }

  withOptions(options) {
    const { environment, files, contents } = containerSettings(options)
    this.#controlToken = options.controlToken
    return this.withEnvironment(environment)
      .withCopyFilesToContainer(files.map((file) => ({ ...file, mode: MODE })))
      .withCopyContentToContainer(contents.map((content) => ({ ...content, mode: MODE })))
  }

  async start() {
    return new StartedFakeDevinContainer(await super.start(), this.#controlToken)
  }
}

class StartedFakeDevinContainer extends AbstractStartedContainer {
  #controlToken

  constructor(started, controlToken) {
    super(started)
    this.#controlToken = controlToken
  }

  get url() {
    return `http://${this.getHost()}:${this.getMappedPort(PORT)}`
  }

  connect(options) {
    return connectFakeDevin(this.url, { token: this.#controlToken, ...options })
  }
}
exports.StartedFakeDevinContainer = StartedFakeDevinContainer
