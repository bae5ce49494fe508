export { type BuiltinModelOptions, createBuiltinModel } from './model.ts';
