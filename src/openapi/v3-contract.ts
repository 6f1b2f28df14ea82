import contract from '../schemas/v3/contract.json' with { type: 'json' }

/** The vendor's document of v3. It is what requests are validated with. */
export { contract as v3Contract }
