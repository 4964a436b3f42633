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
 * @typedef {object} TextNode
 * @property {string} type
 * @property {unknown} [value]
 * @property {readonly { value: { cooked?: string | null } }[]} [quasis]
 * @property {{ name?: string }} [callee]
 * @property {{ value?: unknown }} [key]
 * @property {TextNode | null} [parent]
 */

/**
 * @template Option
 * @typedef {object} Context
 * @property {string} cwd
 * @property {string} filename
 * @property {readonly [readonly Option[]]} options
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
  create(/** @type {Context<Restriction>} */ context) {
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

/** A blank between two words: one of them has a letter, and beside it may stand anything. */
const sentence = /\p{L}\S* +\S|\S +\S*\p{L}/u;

/** Calls whose text is no sentence of a report: errors, patterns, and the help of a number in an engine. */
const otherTexts = /^(\w*Error|Unavailable|withDeadline|RegExp|gauge|total)$/;

/**
 * Whether a text is a part of such a call.
 *
 * @param {TextNode} node
 * @returns {boolean}
 */
function isOtherText({ parent }) {
  if (parent === undefined || parent === null) return false;
  return otherTexts.test(parent.callee?.name ?? "") || isOtherText(parent);
}

/** A module's name, a type, or an attribute such as `font-family`. */
const isNoText = (/** @type {TextNode} */ { parent }) =>
  /^(Import|Export|TSLiteral)/.test(parent?.type ?? "") || /^[a-z]+-[a-z]+$/.test(String(parent?.key?.value));

const sentences = {
  meta: { schema: false },
  create(/** @type {Context<string>} */ context) {
    const path = relative(context.cwd, context.filename);
    if (!context.options[0].some((place) => path.startsWith(place))) return {};
    function check(/** @type {TextNode} */ node, /** @type {string} */ text) {
      if (!sentence.test(text) || isNoText(node) || isOtherText(node)) return;
      context.report({ node, message: "A sentence belongs to lib/words." });
    }
    return {
      Literal(/** @type {TextNode} */ node) {
        if (typeof node.value === "string") check(node, node.value);
      },
      TemplateLiteral(/** @type {TextNode} */ node) {
        // What is filled in counts as one more word.
        check(node, (node.quasis ?? []).map(({ value }) => value.cooked ?? "").join("0"));
      },
    };
  },
};

export default { meta: { name: "house" }, rules: { architecture, sentences } };
