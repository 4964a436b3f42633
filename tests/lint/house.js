/*
 * The rule of the house that oxlint does not have. `.oxlintrc.json` holds each restriction once, and tests/style.test.ts tries
 * them. Plain JavaScript, because oxlint loads it in Node, and older ones read no TypeScript.
 */
import { dirname, join, relative } from "node:path";

/**
 * A restriction holds for files whose path from the root begins with one of `in`, but for those of `except`. It forbids
 * importing the modules that match `modules`, by their path from the root or the package's name (with `types`, their types may
 * be imported), and using `globals`, such as `fetch` or `Date.now`.
 *
 * @typedef {object} Restriction
 * @property {readonly string[]} [in]
 * @property {readonly string[]} [except]
 * @property {string} [modules]
 * @property {boolean} [types]
 * @property {readonly string[]} [globals]
 * @property {string} message
 *
 * @typedef {{ importKind?: string, exportKind?: string }} Specifier
 * @typedef {Specifier & { source?: { value?: unknown } | null, specifiers?: readonly Specifier[] }} ImportNode
 * @typedef {{ type: string, property?: { name?: string } }} Parent
 * @typedef {{ identifier: { name: string, parent: Parent } }} Reference
 * @typedef {{ through: readonly Reference[], variables: readonly { references: readonly Reference[] }[] }} GlobalScope
 *
 * @typedef {object} Context
 * @property {string} cwd
 * @property {string} filename
 * @property {readonly [readonly Restriction[]]} options
 * @property {{ scopeManager: { globalScope: GlobalScope } }} sourceCode
 * @property {(found: { node: object, message: string }) => void} report
 */

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

const architecture = {
  meta: { schema: false },
  create(/** @type {Context} */ context) {
    const path = relative(context.cwd, context.filename);
    const isBelow = (/** @type {string} */ place) => path.startsWith(place);
    const restrictions = context.options[0].filter(
      ({ in: places = [""], except = [] }) => places.some(isBelow) && !except.some(isBelow),
    );

    function checkImport(/** @type {ImportNode} */ node) {
      const name = node.source?.value;
      if (typeof name !== "string") return;
      const module = name.startsWith(".") ? join(dirname(path), name) : name;
      for (const { modules, types, message } of restrictions) {
        if (modules === undefined || (types && isTypeOnly(node))) continue;
        if (new RegExp(modules).test(module)) context.report({ node, message });
      }
    }

    function checkGlobals() {
      // Those of the language are variables of the global scope; those of the runtime belong to none.
      const { through, variables } = context.sourceCode.scopeManager.globalScope;
      for (const { identifier } of [...through, ...variables.flatMap(({ references }) => references)]) {
        const { name, parent } = identifier;
        const names = parent.type === "MemberExpression" ? [name, `${name}.${parent.property?.name}`] : [name];
        for (const { globals = [], message } of restrictions) {
          if (names.some((one) => globals.includes(one))) context.report({ node: identifier, message });
        }
      }
    }

    return {
      Program: checkGlobals,
      ImportDeclaration: checkImport,
      ImportExpression: checkImport,
      ExportAllDeclaration: checkImport,
      ExportNamedDeclaration: checkImport,
    };
  },
};

export default { meta: { name: "house" }, rules: { architecture } };
