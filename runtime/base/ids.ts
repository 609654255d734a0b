/** A process id: unique for the life of the kernel, across containers. */
export type Pid = number & { readonly brand?: 'Pid' };
/** A file descriptor: an index of one process's table. */
export type Fd = number & { readonly brand?: 'Fd' };
/** A kernel object (pipe end, tty, socket, listener, channel) as one connection names it. */
export type Handle = number & { readonly brand?: 'Handle' };
/** An inode number: unique in its container; the kernel gives each connection a range to allocate from. */
export type Ino = number & { readonly brand?: 'Ino' };
