/**
 * What each route answers, read from the types of its handler: the checker knows it, so nobody writes it down a second
 * time. Types with a name become schemas with that name.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

type Schema = { [key: string]: unknown };

export interface Answers {
  /** By method and path as Hono writes it; null: no content; absent: no JSON. */
  readonly routes: { readonly [route: string]: Schema | null };
  readonly schemas: { readonly [name: string]: Schema };
}

/** Anything JSON can carry. */
const anyJson = new Set(['Json', 'JsonValue']);
const deepest = 40;

export function readAnswers(root: string): Answers {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, root);
  const files = globSync('server/src/http/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const program = ts.createProgram({ rootNames: files.map((file) => join(root, file)), options });
  const checker = program.getTypeChecker();
  const writer = createWriter(checker);
  const routes: [string, Schema | null][] = [];
  for (const file of files) {
    const source = program.getSourceFile(join(root, file));
    if (source) for (const route of routesIn(checker, source)) routes.push(...writer.answerOf(route));
  }
  const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);
  return {
    routes: Object.fromEntries(routes.sort(byName)),
    schemas: Object.fromEntries([...writer.schemas].sort(byName)),
  };
}

interface Route {
  readonly name: string;
  readonly handler: ts.Expression;
}

function routesIn(checker: ts.TypeChecker, source: ts.SourceFile): Route[] {
  const found: Route[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (
      !ts.isCallExpression(node) ||
      !ts.isIdentifier(node.expression) ||
      node.expression.text !== 'addRoute'
    )
      return;
    const [, , spec, handler] = node.arguments;
    if (!spec || !handler || !ts.isObjectLiteralExpression(spec)) return;
    const [method, path] = ['method', 'path'].map((key) => textIn(checker, spec, key));
    if (!method || !path) throw new Error(`A route without a plain method and path in ${source.fileName}`);
    found.push({ name: `${method.toUpperCase()} ${path}`, handler });
  };
  visit(source);
  return found;
}

/** A field that is written as text, or as a constant that holds it; also in what is spread. */
function textIn(checker: ts.TypeChecker, spec: ts.ObjectLiteralExpression, key: string): string | undefined {
  for (const property of spec.properties) {
    if (ts.isSpreadAssignment(property)) {
      const { expression } = property;
      const found = ts.isObjectLiteralExpression(expression)
        ? textIn(checker, expression, key)
        : constantIn(checker, expression, key);
      if (found !== undefined) return found;
    }
    if (property.name?.getText() !== key) continue;
    if (ts.isPropertyAssignment(property) && ts.isStringLiteralLike(property.initializer))
      return property.initializer.text;
    const symbol = ts.isShorthandPropertyAssignment(property)
      ? checker.getShorthandAssignmentValueSymbol(property)
      : undefined;
    const type = symbol && checker.getTypeOfSymbol(symbol);
    if (type?.isStringLiteral()) return type.value;
  }
  return undefined;
}

/** A field of a constant that is spread. */
function constantIn(checker: ts.TypeChecker, constant: ts.Expression, key: string): string | undefined {
  const field = checker.getTypeAtLocation(constant).getProperty(key);
  const type = field && checker.getTypeOfSymbol(field);
  return type?.isStringLiteral() ? type.value : undefined;
}

function createWriter(checker: ts.TypeChecker) {
  const schemas = new Map<string, Schema>();

  function answerOf({ name, handler }: Route): [string, Schema | null][] {
    const [signature] = checker.getTypeAtLocation(handler).getCallSignatures();
    const type = signature && checker.getAwaitedType(signature.getReturnType());
    if (!type) return [];
    const parts = (type.isUnion() ? type.types : [type]).filter((part) => part.symbol?.name !== 'Response');
    if (parts.length === 0) return [];
    const said = parts.filter((part) => !(part.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)));
    return [[name, said.length === 0 ? null : union(said, 0)]];
  }

  function schemaOf(type: ts.Type, depth: number): Schema {
    if (depth > deepest) throw new Error(`A type without end: ${checker.typeToString(type)}`);
    const name = nameOf(type);
    if (name !== undefined && anyJson.has(name)) return {};
    if (name === undefined) return written(type, depth);
    if (!schemas.has(name)) {
      // Kept first: a type may hold itself.
      schemas.set(name, {});
      schemas.set(name, written(type, depth));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  function written(type: ts.Type, depth: number): Schema {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.isUnion()) return union(type.types, depth);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.symbol?.name === 'Date') return { type: 'string', format: 'date-time' };
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      const items = checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: union(items, depth + 1) };
    }
    return object(type, depth);
  }

  function union(types: readonly ts.Type[], depth: number): Schema {
    const parts = types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    const literals = parts.filter((part) => part.isStringLiteral());
    const booleans = parts.filter((part) => part.flags & ts.TypeFlags.BooleanLiteral);
    const others = parts.filter(
      (part) => !part.isStringLiteral() && !(part.flags & ts.TypeFlags.BooleanLiteral),
    );
    const schemasOf = [
      ...(literals.length > 0
        ? [{ type: 'string', enum: literals.map((part) => (part as ts.StringLiteralType).value).sort() }]
        : []),
      ...(booleans.length === 1 && booleans[0] ? [written(booleans[0], depth)] : []),
      ...(booleans.length > 1 ? [{ type: 'boolean' }] : []),
      ...others.map((part) => schemaOf(part, depth + 1)),
    ];
    const different = [...new Map(schemasOf.map((each) => [JSON.stringify(each), each])).values()];
    const [only, ...more] = different;
    return more.length === 0 ? (only ?? {}) : { anyOf: different };
  }

  function object(type: ts.Type, depth: number): Schema {
    const properties: [string, Schema][] = [];
    const required: string[] = [];
    for (const property of checker.getPropertiesOfType(type)) {
      const value = checker.getTypeOfSymbol(property);
      if (value.getCallSignatures().length > 0) continue;
      properties.push([property.name, schemaOf(value, depth + 1)]);
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
      ...(required.length > 0 && { required: required.sort() }),
      ...(index && { additionalProperties: schemaOf(index, depth + 1) }),
    };
  }

  return { answerOf, schemas };
}

/** The name a type goes by in our own code; generic ones and those of libraries are written out. */
function nameOf(type: ts.Type): string | undefined {
  if (type.aliasSymbol) {
    const isOwn = type.aliasSymbol.declarations?.some(isOurs);
    return isOwn && !type.aliasTypeArguments ? type.aliasSymbol.name : undefined;
  }
  const isInterface = type.symbol && type.symbol.flags & ts.SymbolFlags.Interface;
  const isGeneric = ((type as ts.TypeReference).typeArguments?.length ?? 0) > 0;
  return isInterface && !isGeneric && type.symbol.declarations?.some(isOurs) ? type.symbol.name : undefined;
}

function isOurs(declaration: ts.Declaration): boolean {
  return !declaration.getSourceFile().fileName.includes('/node_modules/');
}
