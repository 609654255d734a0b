/** What every file system does, call by call, in the language of `contract-line.ts`: `=>` says what comes of a line. Linux's answers. */

export interface FileSystemTraits {
  /** Who runs the suite may not do everything: permissions are checked. */
  readonly permissions: boolean;
}

const longName = 'n'.repeat(255);
export interface ContractCase {
  readonly title: string;
  readonly lines: string;
  readonly needs?: keyof FileSystemTraits;
}

export const fileSystemCases: readonly ContractCase[] = [
  {
    title: 'open() makes, truncates and refuses as its flags say',
    lines: `
    open /a r => ENOENT
    open /a creat,rw
    open /a creat,excl,rw => EEXIST
    open /none/a creat,w => ENOENT
    open /a/b r => ENOTDIR
    open /a/ r => ENOTDIR
    open /b/ creat,w => EISDIR
    open /a directory,r => ENOTDIR
    put /a hello
    open /a trunc,rw
    read /a => ""
    mkdir /d
    open /d r
    open /d directory,r
    open /d rw => EISDIR
    open /d creat,r => EISDIR
    open /d creat,excl,r => EEXIST
    open /d trunc,w => EISDIR`,
  },
  {
    title: 'open() follows links, but not the last with O_NOFOLLOW, and none with O_EXCL',
    lines: `
    put /a text
    symlink a /l
    symlink missing /m
    symlink loop /loop
    read /l => "text"
    open /l nofollow,r => ELOOP
    open /l nofollow,directory,r => ENOTDIR
    open /m r => ENOENT
    open /m creat,excl,w => EEXIST
    open /loop r => ELOOP
    open /m creat,w
    ls / => a,l,loop,m,missing`,
  },
  {
    title: 'read() and write() move the offset, positions do not',
    lines: `
    seq /a creat,rw w:hello w:-world r:5 @0 r:5 @20 w:end R:30
    read /a => "hello-world\\0\\0\\0\\0\\0\\0\\0\\0\\0end"`,
  },
  {
    title: 'write() appends with O_APPEND wherever the offset is',
    lines: `
    put /a one
    seq /a append,rw w:two @0 w:three R:20
    read /a => "onetwothree"`,
  },
  {
    title: 'read() and write() refuse what the descriptor was not opened for',
    lines: `
    put /a x
    seq /a r w:no => EBADF
    seq /a w r:1 => EBADF
    mkdir /d
    seq /d r r:1 => EISDIR
    seq /a r t:1 => EINVAL`,
  },
  {
    title: 'truncate() cuts and fills with zeros',
    lines: `
    put /a hello
    truncate /a 2
    truncate /a 4
    read /a => "he\\0\\0"
    truncate /none 1 => ENOENT
    mkdir /d
    truncate /d 1 => EISDIR
    truncate /a/b 1 => ENOTDIR
    symlink a /l
    truncate /l 1
    read /a => "h"`,
  },
  {
    title: 'an unlinked open file lives on',
    lines: `
    seq /a creat,rw w:kept u:/a r:9 @0 R:9 s
    open /a r => ENOENT`,
  },
  {
    title: 'mkdir() and rmdir()',
    lines: `
    mkdir /d
    mkdir /d => EEXIST
    mkdir /d/e/f => ENOENT
    mkdir /d/e/
    put /f x
    mkdir /f => EEXIST
    mkdir /f/g => ENOTDIR
    mkdir /. => EEXIST
    rmdir /d => ENOTEMPTY
    rmdir /f => ENOTDIR
    rmdir /none => ENOENT
    rmdir /d/. => EINVAL
    rmdir /d/e/.. => ENOTEMPTY
    symlink d /l
    rmdir /l => ENOTDIR
    mkdir /l => EEXIST
    rmdir /d/e/
    rmdir /d
    mkdir /l => EEXIST
    ls / => f,l`,
  },
  {
    title: 'unlink()',
    lines: `
    put /f x
    mkdir /d
    unlink /d => EISDIR
    unlink /none => ENOENT
    unlink /f/ => ENOTDIR
    unlink /f/x => ENOTDIR
    unlink /d/. => EISDIR
    unlink /d/.. => EISDIR
    symlink f /l
    unlink /l
    unlink /f
    ls / => d`,
  },
  {
    title: 'rename() of files',
    lines: `
    put /a A
    put /b B
    mkdir /d
    rename /a /c
    read /c => "A"
    rename /c /b
    read /b => "A"
    rename /none /x => ENOENT
    rename /b /none/x => ENOENT
    rename /b /d => EISDIR
    rename /b/x /y => ENOTDIR
    rename /b /b
    rename /b/ /y => ENOTDIR
    rename /b /y/ => ENOTDIR
    link /b /b2
    rename /b /b2
    ls / => b,b2,d
    rename /b /d/b
    ls /d => b`,
  },
  {
    title: 'rename() of directories',
    lines: `
    mkdir /a
    mkdir /a/b
    put /f x
    mkdir /e
    rename /a /a/b => EINVAL
    rename /a /a/b/c => EINVAL
    rename /a /f => ENOTDIR
    rename /a/b /a => ENOTEMPTY
    rename /a/b /e
    ls /a => 
    put /e/x x
    rename /a /e => ENOTEMPTY
    rename /a /new/
    rename /new /a
    rename /e /a/inner
    read /a/inner/x => "x"
    rename /a/. /z => EBUSY
    rename /a/.. /z => EBUSY
    rename /a/inner/.. /z => EBUSY
    rename /f /a/. => EBUSY
    stat /a nlink => 3
    stat /a/inner nlink => 2`,
  },
  {
    title: 'link() counts names and shares contents',
    lines: `
    put /a one
    link /a /b
    stat /a nlink => 2
    put /b two
    read /a => "two"
    link /a /b => EEXIST
    link /none /c => ENOENT
    link /a /none/c => ENOENT
    mkdir /d
    link /d /e => EPERM
    link /a /d => EEXIST
    link /a /c/ => ENOENT
    unlink /a
    stat /b nlink => 1
    symlink b /l
    link /l /m
    readlink /m => "b"`,
  },
  {
    title: 'symlink(), readlink() and realpath()',
    lines: `
    mkdir /d
    put /d/f x
    symlink d /l
    symlink ../d/f /d/up
    symlink none /dead
    readlink /l => "d"
    readlink /d => EINVAL
    readlink /none => ENOENT
    readlink /l/ => EINVAL
    realpath /l/f => "/d/f"
    realpath /l/up => "/d/f"
    realpath /dead => ENOENT
    realpath /l/../l/./f => "/d/f"
    symlink x /l => EEXIST
    symlink x /none/l => ENOENT
    lstat /l size => 1
    lstat /l type => 120000
    stat /l type => 40000
    stat /dead size => ENOENT
    read /d/up => "x"
    ls /l/ => f,up`,
  },
  {
    title: 'names and paths have their limits',
    lines: `
    put /${longName} x
    put /${longName}n x => ENAMETOOLONG
    mkdir /${longName}n => ENAMETOOLONG
    lstat /${longName}n/x size => ENAMETOOLONG
    read /${longName} => "x"
    mkdir /é${'é'.repeat(126)}
    mkdir /é${'é'.repeat(127)} => ENAMETOOLONG`,
  },
  {
    title: 'a dot, two dots and doubled slashes',
    lines: `
    mkdir /a
    mkdir /a/b
    put /a/f x
    read //a///f => "x"
    read /a/./b/../f => "x"
    read /a/none/../f => ENOENT
    read /a/f/../f => ENOTDIR
    ls /a/b/.. => b,f`,
  },
  {
    title: 'copyFile() copies bytes and mode, and shares nothing',
    lines: `
    put /a one
    chmod /a 640
    copy /a /b
    stat /b mode => 640
    put /b two
    read /a => "one"
    copy /a /b x => EEXIST
    copy /none /c => ENOENT
    mkdir /d
    copy /a /d => EISDIR
    copy /a /none/c => ENOENT
    symlink b /l
    copy /a /l
    read /b => "one"`,
  },
  {
    title: 'chmod(), access() and utimes()',
    lines: `
    put /a x
    chmod /a 600
    stat /a mode => 600
    chmod /none 600 => ENOENT
    access /a 6
    access /a 1 => EACCES
    access /none 0 => ENOENT
    utimes /a 5000 1234567
    stat /a mtimeMs => 1234567
    stat /a atimeMs => 5000
    utimes /none 1 1 => ENOENT`,
  },
  {
    title: 'readdir()',
    lines: `
    mkdir /d
    put /d/b x
    put /d/a x
    mkdir /d/c
    ls /d => a,b,c
    ls /d/a => ENOTDIR
    ls /none => ENOENT
    stat /d nlink => 3`,
  },
  {
    title: 'a program without rights is refused',
    needs: 'permissions',
    lines: `
    mkdir /d
    put /d/f x
    mkdir /d/e
    chmod /d/f 000
    open /d/f r => EACCES
    open /d/f w => EACCES
    access /d/f 4 => EACCES
    truncate /d/f 0 => EACCES
    chmod /d 500
    put /d/new x => EACCES
    mkdir /d/new => EACCES
    unlink /d/f => EACCES
    rmdir /d/e => EACCES
    rename /d/f /g => EACCES
    unlink /d/none => ENOENT
    link /d/f /d/g => EACCES
    symlink x /d/l => EACCES
    chmod /d 600
    open /d/f r => EACCES
    stat /d/f size => EACCES
    ls /d => e,f
    chmod /d 300
    ls /d => EACCES
    stat /d/e nlink => 2
    chmod /d 700`,
  },
];
