// The least that a desktop program can be, for comparison: one window with one word.
const { app, BrowserWindow } = require('electron')
app.on('window-all-closed', () => app.quit())
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1440, height: 900 })
  void window.loadURL('data:text/html,<canvas></canvas><p>here</p>')
})
