/*
 * Rules of the house that oxlint does not have. `.oxlintrc.json` holds each restriction once, and tests/style.test.ts tries
 * them. Plain JavaScript, because oxlint loads it in Node, and older ones read no TypeScript.
 */
import { dirname, join, relative } from "node:path";

/**
 * A restriction holds for files whose path from the root begins with one of `in`, but for those of `except`.
 *
 * @typedef {object} Restriction
 * @property {readonly string[]} [in]
 * @property {readonly string[]} [except]
 * @property {string} message
 *
 * @typedef {Restriction & { modules: string, types?: boolean }} ImportRestriction
 * @typedef {Restriction & { names: readonly string[] }} GlobalRestriction
 *
 * @typedef {{ identifier: { name: string } }} Reference
 * @typedef {{ through: readonly Reference[], variables: readonly { references: readonly Reference[] }[] }} GlobalScope
 * @typedef {{ importKind?: string, exportKind?: string }} Specifier
 * @typedef {Specifier & { source?: { value?: unknown } | null, specifiers?: readonly Specifier[] }} ImportNode
 */

/**
 * @template One
 * @typedef {object} Context
 * @property {string} cwd
 * @property {string} filename
 * @property {readonly [readonly One[]]} options
 * @property {{ scopeManager: { globalScope: GlobalScope } }} sourceCode
 * @property {(found: { node: object, message: string }) => void} report
 */

/**
 * @template {Restriction} One
 * @param {Context<One>} context
 * @returns {{ path: string, restrictions: readonly One[] }}
 */
function restrictionsFor({ cwd, filename, options: [all] }) {
  const path = relative(cwd, filename);
  const isBelow = (/** @type {string} */ place) => path.startsWith(place);
  const holds = (/** @type {One} */ { in: places = [""], except = [] }) =>
    places.some(isBelow) && !except.some(isBelow);
  return { path, restrictions: all.filter(holds) };
}

/**
 * Whether nothing is left of it after compiling.
 *
 * @param {ImportNode} node
 * @returns {boolean}
 */
function isTypeOnly(node) {
  const { specifiers = [] } = node;
  const isType = (/** @type {Specifier} */ one) => one.importKind === "type" || one.exportKind === "type";
  return isType(node) || (specifiers.length > 0 && specifiers.every(isType));
}

/** Modules by their path from the root, or the package's name. With `types`, their types may be imported. */
const imports = {
  meta: { schema: false },
  create(/** @type {Context<ImportRestriction>} */ context) {
    const { path, restrictions } = restrictionsFor(context);
    const check = (/** @type {ImportNode} */ node) => {
      const name = node.source?.value;
      if (typeof name !== "string") return;
      const module = name.startsWith(".") ? join(dirname(path), name) : name;
      for (const { modules, types, message } of restrictions) {
        if (new RegExp(modules).test(module) && !(types && isTypeOnly(node))) context.report({ node, message });
      }
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
    };
  },
};

/** Globals, called or handed on. */
const globals = {
  meta: { schema: false },
  create(/** @type {Context<GlobalRestriction>} */ context) {
    const { restrictions } = restrictionsFor(context);
    return {
      Program() {
        // Those of the language are variables of the global scope; those of the runtime belong to none.
        const { through, variables } = context.sourceCode.scopeManager.globalScope;
        for (const { identifier } of [...through, ...variables.flatMap(({ references }) => references)]) {
          for (const { names, message } of restrictions) {
            if (names.includes(identifier.name)) context.report({ node: identifier, message });
          }
        }
      },
    };
  },
};

export default { meta: { name: "house" }, rules: { imports, globals } };
