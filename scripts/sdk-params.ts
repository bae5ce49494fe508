/**
 * Reads from the official SDK's type files which parameters each of its methods takes. The files are written by a
 * machine and all alike: a resource's class stands beside the interfaces of what its methods take.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Class, type Program, parseSync, type TSInterfaceDeclaration, type TSType } from 'oxc-parser';
import Stripe from 'stripe';

const types = join(import.meta.dirname, '../node_modules/stripe/esm');

/** A parameter's parts by name; a list's are those of its elements, and a plain value has none. */
export interface Shape {
  readonly parts: ReadonlyMap<string, Shape>;
  readonly isList: boolean;
  /** The words that it may be, where the SDK lists them. */
  readonly words: readonly string[];
  /** Whether '' unsets it. */
  readonly isEmptyable: boolean;
}

type Declared = TSInterfaceDeclaration | { readonly type: 'alias'; readonly is: TSType };

/** A type file: what it declares by its full name, and its classes. */
interface TypeFile {
  readonly declared: ReadonlyMap<string, Declared>;
  readonly classes: readonly Class[];
}

const files = new Map<string, TypeFile>();

function typeFile(path: string): TypeFile {
  const known = files.get(path);
  if (known) return known;
  const { program } = parseSync(path, readFileSync(path, 'utf8'));
  const declared = new Map<string, Declared>();
  const classes: Class[] = [];
  collect(program.body, '', { declared, classes });
  const file = { declared, classes };
  files.set(path, file);
  return file;
}

function collect(
  body: Program['body'],
  space: string,
  into: { readonly declared: Map<string, Declared>; readonly classes: Class[] },
): void {
  for (const statement of body) {
    const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (node?.type === 'ClassDeclaration') into.classes.push(node);
    else if (node?.type === 'TSInterfaceDeclaration') into.declared.set(`${space}${node.id.name}`, node);
    else if (node?.type === 'TSTypeAliasDeclaration')
      into.declared.set(`${space}${node.id.name}`, { type: 'alias', is: node.typeAnnotation });
    else if (node?.type === 'TSModuleDeclaration' && node.body?.type === 'TSModuleBlock')
      collect(node.body.body as Program['body'], `${space}${nameOf(node.id)}.`, into);
  }
}

/** `A.B` for a qualified name; the words of any other kind of name. */
function nameOf(node: object): string {
  const { left, right, name, value } = node as Record<string, object | undefined>;
  return left && right ? `${nameOf(left)}.${nameOf(right)}` : String(name ?? value);
}

const plain: Shape = { parts: new Map(), isList: false, words: [], isEmptyable: false };

/** What a type allows, seen from the namespace it is written in. */
function shapeOf(type: TSType, space: string, file: TypeFile): Shape {
  switch (type.type) {
    case 'TSArrayType':
      return { ...shapeOf(type.elementType, space, file), isList: true };
    case 'TSUnionType':
    case 'TSIntersectionType':
      return merged(type.types.map((one) => shapeOf(one, space, file)));
    case 'TSTypeReference': {
      const name = nameOf(type.typeName);
      const [inner] = type.typeArguments?.params ?? [];
      if (inner && name === 'Array') return { ...shapeOf(inner, space, file), isList: true };
      if (inner)
        return { ...shapeOf(inner, space, file), ...(name === 'Emptyable' ? { isEmptyable: true } : {}) };
      return namedShape(name, space, file);
    }
    case 'TSLiteralType':
      return 'value' in type.literal && typeof type.literal.value === 'string'
        ? { ...plain, words: [type.literal.value] }
        : plain;
    default:
      return plain;
  }
}

/** A declared type by its name: looked for in the namespaces around, then among what all files share. */
function namedShape(name: string, space: string, file: TypeFile): Shape {
  const around = space.split('.').filter(Boolean);
  for (let depth = around.length; depth >= 0; depth--) {
    const full = [...around.slice(0, depth), name].join('.');
    const found = file.declared.get(full);
    if (found) return declaredShape(found, full, file);
  }
  const shared = typeFile(join(types, 'shared.d.ts'));
  const found = file === shared ? undefined : shared.declared.get(name);
  return found ? declaredShape(found, name, shared) : plain;
}

function declaredShape(found: Declared, full: string, file: TypeFile): Shape {
  const space = full.split('.').slice(0, -1).join('.');
  if (found.type === 'alias') return shapeOf(found.is, space, file);
  const parts = new Map<string, Shape>();
  for (const { expression } of found.extends ?? [])
    for (const [name, shape] of namedShape(nameOf(expression), space, file).parts) parts.set(name, shape);
  for (const member of found.body.body)
    if (member.type === 'TSPropertySignature' && member.typeAnnotation)
      parts.set(nameOf(member.key), shapeOf(member.typeAnnotation.typeAnnotation, space, file));
  return { ...plain, parts };
}

function merged(shapes: readonly Shape[]): Shape {
  const parts = new Map(shapes.flatMap((shape) => [...shape.parts]));
  return {
    parts,
    isList: shapes.some(({ isList }) => isList),
    words: shapes.flatMap(({ words }) => words),
    isEmptyable: shapes.some(({ isEmptyable }) => isEmptyable),
  };
}

/** What the SDK's method takes, by its name: `billingPortal.sessions.create`. */
export function paramsOf(method: string): Shape {
  const path = method.split('.');
  const name = path.pop() ?? '';
  const resource = path.reduce<unknown>(
    (owner, part) => Reflect.get(owner as object, part),
    new Stripe('sk_test_nobody'),
  );
  const className = (resource as object).constructor.name;
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const folder = join(types, 'resources', ...path.slice(0, -1).map(capital));
  for (const entry of readdirSync(folder)) {
    if (!entry.endsWith('.d.ts')) continue;
    const file = typeFile(join(folder, entry));
    const found = file.classes.find(({ id }) => id?.name === className);
    for (const member of found?.body.body ?? []) {
      if (member.type !== 'MethodDefinition' || nameOf(member.key) !== name) continue;
      for (const param of member.value.params)
        if (param.type === 'Identifier' && param.name === 'params' && param.typeAnnotation)
          return shapeOf(param.typeAnnotation.typeAnnotation, '', file);
      return plain;
    }
  }
  throw new Error(`The SDK's types have no ${method}`);
}
