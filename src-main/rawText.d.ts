/** The build puts the file's text into the bundle. */
declare module '*.proto?raw' {
  const text: string
  // eslint-disable-next-line import-x/no-default-export -- the bundler's way
  export default text
}
