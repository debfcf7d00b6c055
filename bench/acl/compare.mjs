// The other side of `compare`: Cedar and Casbin answer the requests that Quire has written, must give the same verdicts, and
// are timed as Quire is. Runs all sides in turn and prints the table. See bench/acl/compare.
//
// What each of them is given, the best of what was tried:
// - Cedar, policy for each permit: policies parsed once (preparsePolicySet), requests by statefulIsAuthorized. Entities cannot
//   be kept between calls, so a call gets only those of its user, made beforehand: one entity whose parents are all roles above.
// - Cedar, policy for each action: three policies, `principal in resource.read`, where a document lists its roles. It moves
//   permits out of the policies, where Cedar looks at every one, into the entity of the document, made beforehand too.
// - Casbin, line for each permit: one enforcer, loaded once, enforceSync (no promise for each call). Its matcher compares
//   document and action before it asks for roles, which is several times faster than the order in its manual.
// - Casbin, permits as roles: no policy lines; a permit is a role, and a request asks whether the user is in it. It cannot
//   deny, list or match anything then, but nothing in Casbin is faster without remembering verdicts.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const rounds = 5
const lap = 100 // requests timed together, as Quire's are
const leastNs = 1e9 // of each measure
const installed = createRequire(new URL('peers/package.json', import.meta.url))
const self = fileURLToPath(import.meta.url)

const sides = {
  'Cedar, policy for each permit': cedarByPermit,
  'Cedar, policy for each action': cedarByAction,
  'Casbin, line for each permit': casbinByPermit,
  'Casbin, permits as roles': casbinByRole,
}

function readPolicy(folder) {
  const policy = JSON.parse(readFileSync(`${folder}/policy.json`, 'utf8'))
  const parentOf = new Map(policy.roles.map(role => [role.id, role.parent]))
  /** The roles of a user and all above them, each once. */
  policy.rolesAbove = user => {
    const seen = new Set()
    for (const role of user.roles) for (let at = role; at !== undefined; at = parentOf.get(at)) seen.add(at)
    return [...seen]
  }
  policy.actions = [...new Set(policy.permits.map(permit => permit.action))]
  policy.docs = [...new Set(policy.permits.map(permit => permit.doc))]
  return policy
}

const uid = (type, id) => ({ type, id })

function cedar(policies, entitiesOf) {
  const { preparsePolicySet, statefulIsAuthorized } = installed('@cedar-policy/cedar-wasm/nodejs')
  const parsed = preparsePolicySet('policies', { staticPolicies: policies.join('\n') })
  if (parsed.type !== 'success') throw new Error(`Cedar refuses the policies: ${JSON.stringify(parsed.errors)}`)
  return ({ user, action, doc }) => {
    const answer = statefulIsAuthorized({
      principal: uid('User', user),
      action: uid('Action', action),
      resource: uid('Doc', doc),
      context: {},
      preparsedPolicySetId: 'policies',
      entities: entitiesOf(user, doc),
    })
    if (answer.type !== 'success') throw new Error(`Cedar fails: ${JSON.stringify(answer.errors)}`)
    return answer.response.decision === 'allow'
  }
}

function cedarUsers(policy) {
  const entity = user => ({
    uid: uid('User', user.id),
    attrs: {},
    parents: policy.rolesAbove(user).map(role => uid('Role', role)),
  })
  return new Map(policy.users.map(user => [user.id, entity(user)]))
}

function cedarByPermit(policy) {
  const lists = new Map([...cedarUsers(policy)].map(([id, entity]) => [id, [entity]]))
  return cedar(
    policy.permits.map(
      ({ role, action, doc }) =>
        `permit(principal in Role::"${role}", action == Action::"${action}", resource == Doc::"${doc}");`
    ),
    user => lists.get(user)
  )
}

function cedarByAction(policy) {
  const users = cedarUsers(policy)
  const docs = new Map()
  const entityOf = doc => {
    const attrs = Object.fromEntries(policy.actions.map(action => [action, []]))
    return docs.get(doc) ?? docs.set(doc, { uid: uid('Doc', doc), attrs, parents: [] }).get(doc)
  }
  for (const { role, action, doc } of policy.permits) entityOf(doc).attrs[action].push({ __entity: uid('Role', role) })
  return cedar(
    policy.actions.map(
      action =>
        `permit(principal, action == Action::"${action}", resource) when { principal in resource.${action} };`
    ),
    (user, doc) => [users.get(user), entityOf(doc)]
  )
}

const inheritance = policy => [
  ...policy.roles.filter(role => role.parent !== undefined).map(role => [role.id, role.parent]),
  ...policy.users.flatMap(user => user.roles.map(role => [user.id, role])),
]

async function casbin(request, matcher, fill) {
  const { newEnforcer, newModelFromString } = installed('casbin')
  const enforcer = await newEnforcer(
    newModelFromString(`[request_definition]
r = ${request}
[policy_definition]
p = ${request}
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = ${matcher}
`)
  )
  await fill(enforcer)
  return enforcer
}

async function casbinByPermit(policy) {
  const enforcer = await casbin('sub, obj, act', 'r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)', async to => {
    await to.addGroupingPolicies(inheritance(policy))
    await to.addPolicies(policy.permits.map(({ role, action, doc }) => [role, doc, action]))
  })
  return ({ user, action, doc }) => enforcer.enforceSync(user, doc, action)
}

async function casbinByRole(policy) {
  const enforcer = await casbin('sub, permit', 'g(r.sub, r.permit)', async to => {
    await to.addGroupingPolicies(inheritance(policy))
    await to.addGroupingPolicies(policy.permits.map(({ role, action, doc }) => [role, `${action} ${doc}`]))
  })
  return ({ user, action, doc }) => enforcer.enforceSync(user, `${action} ${doc}`)
}

const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

/** One run of one side: nanoseconds of a check. The pass that compares all verdicts is the warm-up. */
async function run(name, folder) {
  const allows = await sides[name](readPolicy(folder))
  const requests = readFileSync(`${folder}/requests.jsonl`, 'utf8').trimEnd().split('\n').map(line => JSON.parse(line))
  for (const request of requests) {
    if (allows(request) !== request.allowed) throw new Error(`${name} differs on ${JSON.stringify(request)}`)
  }
  const laps = []
  let sink = 0
  for (let spent = 0, at = 0; spent < leastNs; at = (at + lap) % requests.length) {
    const begin = process.hrtime.bigint()
    for (let i = at; i < at + lap; ++i) sink += allows(requests[i]) ? 1 : 0
    const taken = Number(process.hrtime.bigint() - begin)
    laps.push(taken / lap)
    spent += taken
  }
  if (sink === 0) throw new Error(`${name} allows nothing`)
  return { ns: median(laps), compared: requests.length, allowed: requests.filter(request => request.allowed).length }
}

const shown = ns => (ns < 1e3 ? `${ns.toFixed(0)} ns` : ns < 1e6 ? `${(ns / 1e3).toFixed(2)} µs` : `${(ns / 1e6).toFixed(2)} ms`)
const version = name => JSON.parse(readFileSync(new URL(`peers/node_modules/${name}/package.json`, import.meta.url))).version

function compare(program, folder) {
  mkdirSync(folder, { recursive: true })
  const quire = []
  const theirs = Object.fromEntries(Object.keys(sides).map(name => [name, []]))
  let last
  for (let round = 0; round < rounds; ++round) {
    quire.push(JSON.parse(execFileSync(program, [folder], { encoding: 'utf8' })).ns)
    for (const name of Object.keys(sides)) {
      last = JSON.parse(execFileSync(process.execPath, [self, '--run', name, folder], { encoding: 'utf8' }))
      theirs[name].push(last.ns)
    }
  }
  const policy = readPolicy(folder)
  console.log(
    `Node ${process.version}, Cedar ${version('@cedar-policy/cedar-wasm')} (WebAssembly), Casbin ${version('casbin')}; medians of ` +
      `${rounds} runs in turn. ${policy.users.length} users, ${policy.roles.length} roles four deep, ${policy.permits.length} ` +
      `permits; ${last.compared} requests, ${last.allowed} of them allowed, with equal verdicts from all.\n`
  )
  console.log('| What | A check (spread) | Quire is faster | Must | |\n|---|---|---|---|---|')
  const spread = list => `${shown(median(list))} (${shown(Math.min(...list))}–${shown(Math.max(...list))})`
  console.log(`| Quire | ${spread(quire)} | – | – |  |`)
  const lines = [JSON.stringify({ name: 'Quire', ns: median(quire) })]
  for (const [name, list] of Object.entries(theirs)) {
    const ratio = median(list) / median(quire)
    console.log(`| ${name} | ${spread(list)} | ${ratio < 100 ? ratio.toFixed(1) : ratio.toFixed(0)} × | ≥ 10 × | ${ratio >= 10 ? 'met' : 'short'} |`)
    lines.push(JSON.stringify({ name, ns: median(list), ratio, must: 10, met: ratio >= 10, runs: rounds }))
  }
  writeFileSync(`${folder}.json`, lines.map(line => `${line}\n`).join(''))
}

const [first, second, third] = process.argv.slice(2)
if (first === '--run') {
  console.log(JSON.stringify(await run(second, third)))
} else {
  compare(first, second)
}
