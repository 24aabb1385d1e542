import { config } from 'zod'

/** zod compiles checks with `new Function` where it may; the window's content security policy forbids even the attempt. */
config({ jitless: true })
