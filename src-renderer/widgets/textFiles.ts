/** Hands a text to the browser as a file; it, or the system's dialog, asks where it goes. */
export function downloadText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has begun with the click; the address is needed no longer than that.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

const textMost = 50_000_000

/** Text of a chosen file, or a sentence. */
export async function readText(file: File): Promise<{ text: string } | { problem: string }> {
  if (file.size > textMost)
    return { problem: `${file.name} has ${Math.round(file.size / 1e6)} MB; a list of marks has at most 50 MB.` }
  try {
    return { text: await file.text() }
  } catch (error) {
    return { problem: `${file.name} cannot be read: ${error instanceof Error ? error.message : String(error)}` }
  }
}
