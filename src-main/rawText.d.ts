/** The build puts the file's text into the bundle. */
declare module '*.proto?raw' {
  const text: string

  export default text
}
