/** The node program against real Node: the same script, the same bytes on both outputs, the same exit code. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

interface Case {
  readonly name: string;
  /** Becomes `main.js`. */
  readonly code?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** `['main.js']` if absent. */
  readonly args?: readonly string[];
  readonly input?: string;
}

// One case a line, as they would be typed: their layout is not for reading.
// prettier-ignore
const cases: readonly Case[] = [
 {name:'order main', code:`
setTimeout(()=>console.log('timeout'),0); setImmediate(()=>console.log('immediate'));
process.nextTick(()=>{console.log('tick1'); Promise.resolve().then(()=>console.log('p in tick')); process.nextTick(()=>console.log('tick in tick'))});
Promise.resolve().then(()=>{console.log('p1'); process.nextTick(()=>console.log('tick in p'))}).then(()=>console.log('p2'));
queueMicrotask(()=>console.log('micro')); console.log('sync'); const s=performance.now(); while(performance.now()-s<5);`},
 {name:'order timers ticks', code:`
setTimeout(()=>{console.log('t1'); process.nextTick(()=>console.log('tick1')); Promise.resolve().then(()=>console.log('p1'))},1);
setTimeout(()=>{console.log('t2'); process.nextTick(()=>console.log('tick2')); Promise.resolve().then(()=>console.log('p2'))},1);
const s=performance.now(); while(performance.now()-s<10);`},
 {name:'order immediates', code:`
setImmediate(()=>{console.log('i1'); process.nextTick(()=>console.log('tick')); setImmediate(()=>console.log('i3')); Promise.resolve().then(()=>console.log('p'))});
setImmediate(()=>console.log('i2'));`},
 {name:'order io', code:`const fs=require('fs'); fs.readFile(__filename,()=>{ setTimeout(()=>console.log('timeout'),0); setImmediate(()=>console.log('immediate')); process.nextTick(()=>console.log('tick')); Promise.resolve().then(()=>console.log('p')); });`},
 {name:'async await order', code:`async function a(){console.log('a1'); await b(); console.log('a2')} async function b(){console.log('b1'); await null; console.log('b2')} a(); process.nextTick(()=>console.log('tick')); console.log('end'); new Promise(r=>{console.log('exec'); r()}).then(()=>console.log('then1')).then(()=>console.log('then2'));`},
 {name:'throw', code:`\nfunction f() {\n  throw new Error('boom');\n}\nf();\n`},
 {name:'throw props', code:`const e=new Error('boom'); e.code='E_X'; e.info={a:1};\nthrow e;`},
 {name:'type error', code:`const x = null;\nconsole.log(x.foo);`},
 {name:'throw str', code:`throw 'hello'`},
 {name:'throw in timer', code:`setTimeout(()=>{ throw new TypeError('late') }, 1)`},
 {name:'reject', code:`Promise.reject(new Error('rej'));`},
 {name:'reject value', code:`Promise.reject(42);`},
 {name:'reject async fn', code:`async function f(){ await null; throw new RangeError('async') } f();`},
 {name:'unhandledRejection event', code:`process.on('unhandledRejection',(r,p)=>{console.log('uh',r.message,p instanceof Promise)}); Promise.reject(new Error('x')); setTimeout(()=>console.log('alive'),5)`},
 {name:'rejectionHandled', code:`process.on('unhandledRejection',(r,p)=>{console.log('uh'); setTimeout(()=>p.catch(()=>console.log('caught')),1)}); process.on('rejectionHandled',()=>console.log('handled')); Promise.reject(new Error('x')); setTimeout(()=>{},30)`},
 {name:'unhandled warn', args:['--unhandled-rejections=warn','main.js'], code:`Promise.reject(new Error('x')); setTimeout(()=>console.log('alive'),5)`},
 {name:'uncaughtException', code:`process.on('uncaughtException',(e,o)=>console.log('caught',e.message,o)); setTimeout(()=>console.log('later'),3); throw new Error('a')`},
 {name:'exit code', code:`process.exitCode=3; process.on('exit',c=>console.log('exit',c)); process.on('beforeExit',c=>console.log('before',c));`},
 {name:'exit in exit', code:`process.on('exit',c=>{console.log('exit',c); process.exit(5)}); process.exit(2)`},
 {name:'beforeExit again', code:`let n=0; process.on('beforeExit',()=>{ if(n++<2) setTimeout(()=>console.log('more',n),1) });`},
 {name:'tests that the top level of a module waits for', args:['--test-reporter=dot','main.mjs'], files:{'main.mjs':`import test from 'node:test';
process.on('exit', (code) => console.log('exit', code));
await test('one', async (t) => { await t.test('within', () => {}); });
console.log('next');
await test('two', async () => { await 1; });`}},
 {name:'async hooks at the top level of a module', args:['main.mjs'], files:{'main.mjs':`import { AsyncResource, createHook, executionAsyncId } from 'node:async_hooks';
createHook({ init() {} }).enable();
const resource = new AsyncResource('R'); const seen = new Set();
for (let i = 0; i < 3; i++) { await resource.runInAsyncScope(async () => { await null; await new Promise(setImmediate); }); console.log(executionAsyncId() === resource.asyncId(), seen.has(executionAsyncId())); seen.add(executionAsyncId()); }`}},
 {name:'a blob of a file is read by a thread', code:`const fs = require('fs'); fs.openAsBlob(__filename).then((blob) => { blob.text().then(() => console.log('text')); let steps = 0; const step = () => (++steps < 100 ? queueMicrotask(step) : console.log('microtasks')); step(); });`},
 {name:'kill by a text', code:`const { spawn } = require('child_process'); const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)']); child.stdout.once('data', () => { console.log(process.kill(String(child.pid), 0), process.kill(\`\${child.pid}\`, 'SIGTERM')); }); child.on('exit', (code, signal) => console.log(code, signal, process.kill(String(process.pid), 0))); try { process.kill('x') } catch (e) { console.log(e.code) }`},
 {name:'title', code:`const { spawn } = require('child_process');
const ask = (file, options, then) => spawn(file, ['-p', 'process.title + " " + process.argv0'], options).stdout.on('data', (text) => { console.log(String(text).replaceAll(process.execPath, 'execPath')); then?.(); });
console.log(process.argv0 === process.title); ask(process.execPath, {}, () => ask(process.execPath, { argv0: 'foo' }, () => ask('node', {})));`},
 {name:'async hooks of sockets', code:`const { createHook, executionAsyncId } = require('async_hooks'); const net = require('net'); const fs = require('fs'); const seen = new Map(); const lines = [];
createHook({ init(id, type, trigger) { if (!/WRAP/.test(type) || type === 'GETADDRINFOREQWRAP') return; seen.set(id, type); lines.push(type + ' of ' + seen.get(trigger)); }, destroy(id) { if (seen.has(id)) lines.push('end of ' + seen.get(id)); } }).enable();
const server = net.createServer((socket) => { socket.resume(); socket.end('hello'); server.close(); }).listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1').resume());
process.on('exit', () => { fs.writeSync(1, lines.sort().join('\\n')); });`},
 {name:'async scopes nest deeper than the array of their ids', code:`const { AsyncResource, executionAsyncId, triggerAsyncId } = require('async_hooks');
const enter = (depth) => { const resource = new AsyncResource('R'); resource.runInAsyncScope(() => { if (depth > 0) enter(depth - 1); if (executionAsyncId() !== resource.asyncId() || triggerAsyncId() !== resource.triggerAsyncId()) console.log('wrong at', depth); }); };
enter(200); console.log('left', executionAsyncId());`},
 {name:'async hooks of HTTP parsers', code:`const { createHook, executionAsyncResource } = require('async_hooks'); const http = require('http'); const fs = require('fs'); const seen = new Map(); const lines = [];
createHook({ init(id, type, trigger, resource) { if (!type.startsWith('HTTP')) return; seen.set(id, type); lines.push(type + ' for ' + resource.constructor.name); }, destroy(id) { if (seen.has(id)) lines.push('end of ' + seen.get(id)); } }).enable();
const server = http.createServer((request, response) => { lines.push('request in ' + executionAsyncResource().constructor.name); response.end('a'); }); const agent = new http.Agent({ keepAlive: true });
const ask = (left) => http.get({ port: server.address().port, agent }, (response) => { lines.push('response in ' + executionAsyncResource().constructor.name); response.resume().on('close', () => { if (left > 0) return ask(left - 1); agent.destroy(); server.close(); }); });
server.listen(0, () => ask(2)); process.on('exit', () => { fs.writeSync(1, lines.sort().join('\\n')); });`},
 {name:'beforeExit comes once where hooks of destroy are set', code:`const { createHook } = require('async_hooks'); const { writeSync } = require('fs'); let count = 0; createHook({ destroy() {} }).enable();
process.on('beforeExit', () => { count++; if (count > 9) process.exit(1); process.stderr.write('x'); new (require('async_hooks').AsyncResource)('R').emitDestroy(); }); process.on('exit', (code) => writeSync(1, 'exit ' + code + ' ' + count));`},
 {name:'module not found', code:`require('./nope')`},
 {name:'print', args:['-p','[1,2,{a:new Map([[1,2]])}]']},
 {name:'eval print promise', args:['-p','Promise.resolve(4)']},
 {name:'eval args', args:['-e','console.log(process.argv.slice(1), process.execArgv, __filename, require.main===module)','a','--b']},
 {name:'stdin', args:['-'], input:'console.log("from stdin", process.argv[1])'},
 {name:'bad option', args:['--nope']},
 {name:'version', args:['-v']},
 {name:'check ok', args:['--check','main.js'], code:'const a=1'},
 {name:'check bad', args:['--check','main.js'], code:'const a=;'},
 {name:'syntax error', code:'\nlet a = ;\n'},
 {name:'input-type', args:['--input-type=module','-e','import os from "os"; console.log(typeof os.cpus)']},
 {name:'process', code:`console.log(process.argv0, process.title, process.version, process.versions.node, process.platform, process.arch, process.release.name, typeof process.pid, process.cwd()===__dirname, process.umask().toString(8), process.execPath.endsWith('/node'), process.config.variables.napi_build_version, process.features.inspector===false||true, process.allowedNodeEnvironmentFlags.has('--no-warnings'), Object.keys(process.versions).length, process.constructor.name, String(process), Object.prototype.toString.call(process)); console.log(JSON.stringify(process.config));`},
 {name:'env', code:`for (const k of Object.keys(process.env)) if (!['PATH','HOME'].includes(k)) delete process.env[k]; process.env.A=1; process.env.B=undefined; console.log(process.env.A, process.env.B, 'A' in process.env, Object.keys(process.env), delete process.env.A, process.env.A, process.env); try{process.env.X=Symbol()}catch(e){console.log(e.message)} try{Object.defineProperty(process.env,'q',{value:1})}catch(e){console.log(e.code,e.message)} console.log(Object.prototype.hasOwnProperty.call(process.env,'HOME'), JSON.stringify(process.env), {...process.env}, process.env.hasOwnProperty)`},
 {name:'hrtime', code:`const a=process.hrtime(), b=process.hrtime.bigint(); console.log(a.length, typeof b, process.hrtime(a)[0]===0, process.uptime()<5, typeof process.memoryUsage().rss, Object.keys(process.memoryUsage()), Object.keys(process.resourceUsage()).length, Object.keys(process.cpuUsage()))`},
 {name:'chdir', code:`try{process.chdir('/none')}catch(e){console.log(e.message,e.code,e.errno,e.path,e.dest)} process.chdir('/tmp'); console.log(process.cwd())`},
 {name:'emitWarning', code:`process.emitWarning('careful','MyWarning','W1'); process.emitWarning('again'); process.on('warning',w=>console.log('w',w.name,w.code))`},
 {name:'warn maxlisteners', code:`const E=require('events'); const e=new E(); for(let i=0;i<11;i++)e.on('x',()=>{})`},
 {name:'error event', code:`const E=require('events'); new E().emit('error', new Error('evt'))`},
 {name:'assert', code:`const assert=require('assert'); try{assert.deepStrictEqual({a:1,b:[1,2]},{a:1,b:[1,3]})}catch(e){console.log(e.message)} assert.strictEqual(1,2)`},
 {name:'assert ok', code:`const assert=require('assert'); assert(0 == 1)`},
 {name:'buffer basics', code:`const b=Buffer.from('héllo wörld €😀'); for (const e of ['utf8','latin1','ascii','hex','base64','base64url','ucs2','binary']) console.log(e,b.toString(e), Buffer.from('aGk_-+/=',e), Buffer.byteLength('héé€',e)); console.log(b, b.indexOf('w'), b.lastIndexOf('l'), b.includes('ö'), b.equals(Buffer.from(b)), Buffer.compare(b,Buffer.from('h')), Buffer.alloc(5,'ab'), Buffer.alloc(7,'abc','latin1'), b.slice(1,4), b.readUInt16BE(2), b.swap16&&Buffer.from([1,2,3,4]).swap32(), Buffer.from('ff0g','hex'), Buffer.concat([b,b]).length, JSON.stringify(Buffer.from('ab')))`},
 {name:'buffer errors', code:`for (const f of [()=>Buffer.alloc(-1),()=>Buffer.from(5),()=>Buffer.from('a','nope'),()=>Buffer.alloc(3).readInt32LE(0),()=>Buffer.alloc(3).writeUInt8(300),()=>Buffer.alloc(2).fill('zz','hex'),()=>Buffer.alloc(3).swap16(),()=>atob('a'),()=>btoa('€'),()=>Buffer.alloc(5).write('a',9)]) try{console.log(f())}catch(e){console.log(e.name,e.code,e.message)}`},
 {name:'buffer indexOf', code:`const b=Buffer.from('abcabc€abc','utf8'),u=Buffer.from('abcabc','ucs2'); console.log(b.indexOf('abc',1),b.indexOf('abc',-3),b.lastIndexOf('abc',5),b.indexOf(''),b.indexOf('',99),b.indexOf(98),b.lastIndexOf(98,-5),u.indexOf('c',0,'ucs2'),u.indexOf('bc',4,'ucs2'),u.lastIndexOf('a','ucs2'),b.indexOf(Buffer.from('€')),b.indexOf('zz'),b.includes('c€'), b.indexOf('YWJj',0,'base64'), b.indexOf('616263',2,'hex'))`},
 {name:'string decoder', code:`const {StringDecoder}=require('string_decoder'); for (const enc of ['utf8','utf16le','base64','hex','latin1']){const d=new StringDecoder(enc); const b=Buffer.from('h€😀é','utf8'); let o=''; for(const x of b)o+=d.write(Buffer.from([x]))+'|'; o+=d.end(); console.log(enc,o)} const d=new StringDecoder('utf8'); console.log(d.write(Buffer.from([0xe2,0x82])), d.lastNeed, d.lastTotal, d.end(), d.write(Buffer.from([0xf0,0x9f,0x41])), d.end(Buffer.from([0xe2])))`},
 {name:'textdecoder', code:`console.log(new TextDecoder().decode(new Uint8Array([0xef,0xbb,0xbf,0x61,0xff])), new TextDecoder('utf-16le').decode(new Uint8Array([0x61,0,0x62,0])), new TextDecoder('windows-1252').decode(new Uint8Array([0x80])), new TextDecoder('shift_jis').decode(new Uint8Array([0x82,0xa0])), new TextEncoder().encode('€'), new TextEncoder().encodeInto('a€b',new Uint8Array(3))); try{new TextDecoder('utf-8',{fatal:true}).decode(new Uint8Array([0xff]))}catch(e){console.log(e.name,e.code,e.message)} try{new TextDecoder('zz')}catch(e){console.log(e.name,e.code,e.message)}`},
 {name:'inspect', code:`class Foo{#p=1;a=1;get b(){return 2} static s=1; [Symbol('x')]=3} console.log(new Foo(), Foo, class extends Foo{}, [1,,3], [undefined,null], {a:{b:{c:{d:1}}}}, new Map([['a',{b:1}]]), new Set([1,'a']), Symbol('q'), 10n, -0, [1.5,'x'], function foo(){}, ()=>{}, async()=>{}, function*g(){}, new Date(0), /x/gi, new Error('E').message, Object.create(null), Object.create({}), new Proxy({a:1},{}), new WeakMap(), new WeakSet(), Promise.resolve(4), Promise.reject(5).catch(()=>{})&&1, new Promise(()=>{}), new Uint8Array(3), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)), globalThis===global, [new Map().entries(), new Set([1,2]).values(), new Map([[1,2]]).keys(), new Map([[1,2]]).entries()], arguments.length, (function(){return arguments})(1,2), Math, JSON, new Number(3), new String('abc'), Object(Symbol('a')), Object(1n), new (class extends Map{})([[1,2]]), 'a'.repeat(10), ['a\\nb',"it's"], {['a-b']:1}, [[[[1]]]], process.versions===1, (function*(){})(), new (class A extends Array{})(3), new (class extends Error{constructor(){super('hm');this.name='Custom'}})().toString())`},
 {name:'inspect2', code:`const util=require('util'); const o={a:1}; o.self=o; console.log(o, util.inspect(new Proxy({a:1},{get(){}}),{showProxy:true}), util.types.isProxy(new Proxy({},{})), util.inspect('x'.repeat(5),{colors:true}), util.inspect({a:[1,2,3],b:{c:new Map([[{x:1},new Set([1])]])}},{depth:0}), util.inspect({a:1,b:2},{compact:false}), util.format('%s %d %i %f %j %o %O %c %%', 'a', 1.5, 2.7, '3.1', {a:1}, [1], {b:2}, 'css', 'extra'), util.inspect(new (class Foo{ [util.inspect.custom](){return 'custom!'} })()), util.isDeepStrictEqual(new Set([1]),new Set([1])), util.inspect(Array(200).fill(1)), util.inspect({get a(){return 1},set a(x){},get b(){return 1},set c(v){}},{getters:true}), util.inspect(Object.assign(()=>{},{a:1})), util.inspect(process.memoryUsage), util.inspect([,'a',,]), util.inspect(new Error('x',{cause:'why'})).split('\\n').at(-1), util.inspect(Object.create({constructor:{name:'Zed'}})), util.inspect(new Map([['k',new Map()]]),{showHidden:true}))`},
 {name:'types', code:`const {types:t}=require('util'); const vals={date:new Date,re:/x/,map:new Map,set:new Set,wm:new WeakMap,ws:new WeakSet,p:Promise.resolve(),ab:new ArrayBuffer(1),dv:new DataView(new ArrayBuffer(1)),num:Object(1),str:Object(''),bool:Object(false),sym:Object(Symbol()),big:Object(1n),err:new TypeError,fakeErr:Object.create(Error.prototype),af:async()=>{},gf:function*(){},go:(function*(){})(),mi:new Map().keys(),si:new Set().keys(),args:(function(){return arguments})(),px:new Proxy(new Map,{}),u8:new Uint8Array,fakeDate:Object.create(Date.prototype),tag:{[Symbol.toStringTag]:'Map'},n:null,u:undefined,f:()=>{},fp:Object.create(Promise.prototype),ag:async function*(){}}; for(const [k,v] of Object.entries(vals)) console.log(k, Object.keys(t).filter(n=>{try{return t[n](v)}catch(e){return false}}).join())`},
 {name:'url', code:`for (const u of ['http://u:p@ex.com:8080/a/b?x=1#h','https://ex.com','file:///a%20b','mailto:a@b','data:text/plain,hi','http://[::1]/','http://ex.com/?#','http://user@ex.com','foo://bar/baz','foo:/a','http://münchen.de/ü','blob:http://a.com/x','javascript:1','foo:///x', 'http://a:80/']) { const x=new URL(u); console.log(x.href,x.protocol,x.username,x.password,x.host,x.hostname,x.port,x.pathname,x.search,x.hash,x.origin) } const v=new URL('http://a.com/x?y=1'); v.port='99'; v.hash='z'; v.searchParams.append('q','1 2'); v.pathname='/é'; v.username='me'; v.host='b.org:1'; v.protocol='https'; console.log(v.href,v); try{new URL('nope')}catch(e){console.log(e.name,e.code,e.message,e.input)} console.log(URL.canParse('x:'),URL.canParse('/a'),new URL('../c','http://a/b/d/').href, require('url').parse('http://a.com:80/x?y#z').host, require('url').format(new URL('http://xn--mnchen-3ya.de/a?b#c'),{unicode:true,fragment:false}), require('url').domainToUnicode('xn--mnchen-3ya.de'), require('url').domainToASCII('español.com'), require('url').pathToFileURL('/a b#?%').href, require('url').fileURLToPath('file:///a%20b'))`},
 {name:'perf', code:`const {performance,PerformanceObserver,createHistogram,monitorEventLoopDelay}=require('perf_hooks'); performance.mark('a'); performance.mark('b'); const m=performance.measure('m','a','b'); console.log(m.name,m.entryType,typeof m.duration, performance.getEntries().map(e=>e.name), typeof performance.timeOrigin, performance.now()>0, Object.keys(performance.toJSON()), performance.nodeTiming.name); const h=createHistogram(); for(let i=1;i<=100;i++)h.record(i); console.log(h.count,h.min,h.max,h.mean,h.percentile(50),h.stddev, h.exceeds, h.percentiles.size); const o=new PerformanceObserver(l=>{console.log(l.getEntries().map(e=>e.name)); o.disconnect()}); o.observe({entryTypes:['mark']}); performance.mark('z'); const f=performance.timerify(function q(){}); f(); console.log(performance.eventLoopUtilization().utilization>=0)`},
 {name:'fs sync', code:`const fs=require('fs'),p=require('path'); const d=fs.mkdtempSync('/tmp/xx-'); console.log(d.length); process.chdir(d); fs.writeFileSync('a.txt','héllo'); fs.appendFileSync('a.txt','!'); console.log(fs.readFileSync('a.txt','utf8'), fs.readFileSync('a.txt'), fs.statSync('a.txt').size, fs.existsSync('b'), fs.statSync('a.txt').isFile(), fs.statSync('a.txt',{bigint:true}).size); fs.mkdirSync('x/y/z',{recursive:true}); console.log(fs.mkdirSync('x/y/z',{recursive:true}), p.relative(d,fs.mkdirSync(d+'/x/q/r',{recursive:true}))); fs.symlinkSync('a.txt','l'); console.log(fs.readlinkSync('l'), fs.lstatSync('l').isSymbolicLink(), fs.realpathSync('l')===p.join(d,'a.txt'), fs.readdirSync('.'), fs.readdirSync('.',{withFileTypes:true}).map(e=>[e.name,e.isDirectory(),e.parentPath]), fs.readdirSync('.',{recursive:true}), fs.readdirSync('.',{encoding:'buffer'})); fs.renameSync('a.txt','b.txt'); fs.copyFileSync('b.txt','c.txt'); try{fs.copyFileSync('b.txt','c.txt',fs.constants.COPYFILE_EXCL)}catch(e){console.log(e.message)} fs.chmodSync('b.txt',0o600); console.log((fs.statSync('b.txt').mode&0o777).toString(8)); fs.truncateSync('b.txt',2); console.log(fs.readFileSync('b.txt','latin1')); const fd=fs.openSync('b.txt','r+'); fs.writeSync(fd,'XYZ',1); fs.fsyncSync(fd); const b=Buffer.alloc(10); console.log(fs.readSync(fd,b,0,10,0), b.toString('utf8',0,4), fs.fstatSync(fd).size); fs.closeSync(fd); fs.utimesSync('b.txt',1,2); console.log(fs.statSync('b.txt').mtimeMs, fs.statSync('b.txt').atime.toISOString()); fs.cpSync('x','x2',{recursive:true}); console.log(fs.readdirSync('x2')); fs.rmSync('x',{recursive:true}); fs.unlinkSync('l'); console.log(fs.readdirSync('.')); for (const f of [()=>fs.readFileSync('none'),()=>fs.rmdirSync('x2'),()=>fs.mkdirSync('x2'),()=>fs.readdirSync('b.txt'),()=>fs.readFileSync('.'),()=>fs.openSync('q/w','w'),()=>fs.unlinkSync('none'),()=>fs.renameSync('none','b'),()=>fs.closeSync(99),()=>fs.accessSync('none'),()=>fs.statSync('none'),()=>fs.readlinkSync('b.txt'),()=>fs.writeFileSync('x2','a'),()=>fs.linkSync('none','w'),()=>fs.rmSync('none'), ()=>fs.readSync(99,b), ()=>fs.writeSync(99,'x'), ()=>fs.symlinkSync('a','b.txt'),()=>fs.openSync('b.txt','wx'),()=>fs.mkdirSync('b.txt/x',{recursive:true}), ()=>fs.truncateSync('none'), ()=>fs.opendirSync('none'), ()=>fs.cpSync('none','q'), ()=>fs.rmSync('x2')]) try{console.log('ok',f())}catch(e){console.log(e.message.replaceAll(d,''),e.code,e.errno,e.syscall,e.path?.replace(d,''),e.dest)} console.log(fs.statSync('none',{throwIfNoEntry:false}), fs.opendirSync('.').readSync().name, fs.statfsSync('.').bsize)`},
 {name:'what cpSync makes of links', code:`const fs = require('fs'); const path = require('path'); const net = require('net');
const root = fs.mkdtempSync('/tmp/cp-'); process.chdir(root);
const show = (t) => t.replaceAll(root, '.');
const walk = (d, p = '') => fs.readdirSync(path.join(d, p), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((e) => { const q = path.join(p, e.name); return e.isSymbolicLink() ? [q + '->' + show(fs.readlinkSync(path.join(d, q)))] : e.isDirectory() ? [q + '/', ...walk(d, q)] : e.isFile() ? [q + '=' + fs.readFileSync(path.join(d, q), 'utf8')] : [q + '?']; }); const tree = (d) => walk(d).join(' ');
function at(name, make, ...args) { const d = path.join(root, 'case'); fs.rmSync(d, { recursive: true, force: true }); fs.mkdirSync(d); process.chdir(d); make(); try { fs.cpSync(...args); console.log(name, 'ok', tree('.')); } catch (e) { console.log(name, e.name, e.code, e.errno, e.syscall, show(e.path ?? ''), show(e.message), Object.keys(e).join(), tree('.')); } }
const r = { recursive: true };
at('link over file', () => { fs.mkdirSync('s/b', r); fs.symlinkSync(path.resolve('s/b'), 's/c'); fs.mkdirSync('d'); fs.writeFileSync('d/c', 'x'); }, 's', 'd', r);
at('link over file, dereferenced', () => { fs.mkdirSync('s/b', r); fs.symlinkSync(path.resolve('s/b'), 's/c'); fs.mkdirSync('d'); fs.writeFileSync('d/c', 'x'); }, 's', 'd', { ...r, dereference: true });
at('link over file, verbatim', () => { fs.mkdirSync('s/b', r); fs.symlinkSync('b', 's/c'); fs.mkdirSync('d'); fs.writeFileSync('d/c', 'x'); }, 's', 'd', { ...r, verbatimSymlinks: true });
at('link over link, verbatim', () => { fs.mkdirSync('s/b', r); fs.symlinkSync('b', 's/c'); fs.mkdirSync('d'); fs.symlinkSync('b', 'd/c'); }, 's', 'd', { ...r, verbatimSymlinks: true });
at('link over folder', () => { fs.mkdirSync('s/b', r); fs.symlinkSync('b', 's/c'); fs.mkdirSync('d/c', r); }, 's', 'd', r);
at('link over link', () => { fs.mkdirSync('s/b', r); fs.symlinkSync('b', 's/c'); fs.mkdirSync('d'); fs.symlinkSync('..', 'd/c'); }, 's', 'd', r);
at('link over the same link', () => { fs.mkdirSync('s/b', r); fs.symlinkSync('b', 's/c'); fs.mkdirSync('d'); fs.symlinkSync('b', 'd/c'); }, 's', 'd', r);
at('link over broken link', () => { fs.mkdirSync('s/b', r); fs.symlinkSync('b', 's/c'); fs.mkdirSync('d'); fs.symlinkSync('none', 'd/c'); }, 's', 'd', r);
at('link to file over link', () => { fs.mkdirSync('s', r); fs.writeFileSync('s/f', '1'); fs.symlinkSync('f', 's/c'); fs.mkdirSync('d'); fs.symlinkSync('../s/f', 'd/c'); }, 's', 'd', r);
at('absolute link', () => { fs.mkdirSync('s', r); fs.symlinkSync('/tmp/../none/x', 's/c'); fs.symlinkSync(path.resolve('s'), 's/e'); }, 's', 'd', r);
at('broken link', () => { fs.mkdirSync('s', r); fs.symlinkSync('none', 's/c'); }, 's', 'd', r);
at('broken link up', () => { fs.mkdirSync('s/e', r); fs.symlinkSync('../none/../x', 's/e/c'); }, 's', 'd', r);
at('link through link', () => { fs.mkdirSync('s/e/g', r); fs.symlinkSync('e', 's/l'); fs.symlinkSync('l/g', 's/c'); }, 's', 'd', r);
at('link to dest', () => { fs.mkdirSync('s'); fs.mkdirSync('d'); fs.symlinkSync(path.resolve('d'), 's/link'); fs.symlinkSync(path.resolve('d'), 'd/link'); }, 's', 'd', r);
at('link to inside of dest', () => { fs.mkdirSync('s'); fs.mkdirSync('d/x', r); fs.symlinkSync(path.resolve('d'), 's/link'); fs.symlinkSync(path.resolve('d/x'), 'd/link'); }, 's', 'd', r);
at('dest link to src', () => { fs.mkdirSync('s/a/b', r); fs.symlinkSync(path.resolve('s/a/b'), 's/a/c'); fs.mkdirSync('d/a', r); fs.symlinkSync(path.resolve('s'), 'd/a/c'); }, 's', 'd', r);
at('dest link to src, dereferenced', () => { fs.mkdirSync('s/a/b', r); fs.symlinkSync(path.resolve('s/a/b'), 's/a/c'); fs.mkdirSync('d/a', r); fs.symlinkSync(path.resolve('s'), 'd/a/c'); }, 's', 'd', { ...r, dereference: true });
at('parent link', () => { fs.mkdirSync('s/a', r); fs.mkdirSync('d'); fs.symlinkSync(path.resolve('s'), 'd/b'); }, path.resolve('s'), path.resolve('d/b/c'));
const here = (f) => path.join(root, 'case', f);
at('parent link, recursive', () => { fs.mkdirSync('s/a', r); fs.mkdirSync('d'); fs.symlinkSync(path.resolve('s'), 'd/b'); }, here('s'), here('d/b/c'), r);
at('dereferenced folder link', () => { fs.mkdirSync('s/b', r); fs.writeFileSync('s/b/f', '1'); fs.symlinkSync('b', 's/c'); }, 's', 'd', { ...r, dereference: true });
at('dereferenced file link', () => { fs.mkdirSync('s', r); fs.writeFileSync('s/f', '1'); fs.symlinkSync('f', 's/c'); }, 's', 'd', { ...r, dereference: true });
at('file over folder within', () => { fs.mkdirSync('s'); fs.writeFileSync('s/b', '1'); fs.mkdirSync('d/b', r); }, 's', 'd', r);
at('file over link', () => { fs.mkdirSync('s'); fs.writeFileSync('s/b', '1'); fs.mkdirSync('d'); fs.writeFileSync('d/x', '2'); fs.symlinkSync('x', 'd/b'); }, 's', 'd', r);
at('error on exist', () => { fs.mkdirSync('s'); fs.writeFileSync('s/b', '1'); fs.mkdirSync('d'); fs.writeFileSync('d/b', '2'); }, 's', 'd', { ...r, force: false, errorOnExist: true });
at('no force', () => { fs.mkdirSync('s'); fs.writeFileSync('s/b', '1'); fs.mkdirSync('d'); fs.writeFileSync('d/b', '2'); }, 's', 'd', { ...r, force: false });
at('self', () => { fs.mkdirSync('s'); fs.symlinkSync('s', 'l'); }, 's', 'l', r);
at('link itself', () => { fs.mkdirSync('s'); fs.symlinkSync('s', 'l'); }, 'l', 'd', r);
at('link itself to file', () => { fs.writeFileSync('s', '1'); fs.symlinkSync('s', 'l'); }, 'l', 'd');
at('link itself over link', () => { fs.writeFileSync('s', '1'); fs.symlinkSync('s', 'l'); fs.symlinkSync('none', 'd'); }, 'l', 'd');
at('unreadable parent', () => { fs.writeFileSync('s', '1'); fs.writeFileSync('d', '2'); }, 's', 'd/e');
const d = path.join(root, 'case'); fs.rmSync(d, { recursive: true, force: true }); fs.mkdirSync(d); process.chdir(d);
fs.mkdirSync('s'); const server = net.createServer().listen(path.join(d, 's/sock'), () => { for (const [from, to] of [['s/sock', 'd'], ['s', 'e']]) try { fs.cpSync(from, to, r); console.log('copied', tree('.')); } catch (e) { console.log(e.code, show(e.message), tree('.')); } server.close(); });`},
 {name:'the name of the host as a file', code:`const fs = require('fs'); const name = fs.readFileSync('/proc/sys/kernel/hostname', 'utf8'); console.log(name.endsWith('\\n'), name.trim() === require('os').hostname());`},
 {name:'fs async', code:`const fs=require('fs'); const d=fs.mkdtempSync('/tmp/yy-'); process.chdir(d); (async()=>{ const p=fs.promises; await p.writeFile('a','1234567890'); const h=await p.open('a','r+'); console.log(typeof h.fd, (await h.read(Buffer.alloc(4),0,4,2)).buffer.toString(), (await h.write('zz',0)).bytesWritten, (await h.stat()).size, await h.readFile('utf8')); await h.close(); try{await p.readFile('nope')}catch(e){console.log(e.message,e.code,e.stack.split('\\n')[1])} for await (const e of await p.opendir('.')) console.log(e.name,e.isFile()); await p.mkdir('q/w',{recursive:true}); await p.rm('q',{recursive:true}); console.log(await p.readdir('.')); await p.copyFile('a','b'); await p.rename('b','c'); console.log(await p.readFile('c','utf8'), (await p.stat('c')).isFile(), await p.access('c'), await p.realpath('c')===d+'/c', await p.mkdtemp('t-').then(x=>x.length)); const one=(f)=>new Promise(f); /* one after the other: 60 runs of real Node beside other work gave 10 orders */ await one(r=>fs.readFile('none',(e,x)=>r(console.log(e.message,x)))); await one(r=>fs.stat('a',(e,s)=>r(console.log(e,s.size)))); await one(r=>fs.readdir('.',(e,l)=>r(console.log(l.length)))); await one(r=>fs.mkdir('.',e=>r(console.log(e.code)))); await one(r=>fs.exists('a',x=>r(console.log(x)))); await one(r=>fs.access('zz',e=>r(console.log(e.code)))); fs.createReadStream('a',{start:1,end:4}).on('data',x=>console.log(x)).on('close',()=>{console.log('closed'); const w=fs.createWriteStream('w'); w.write('a'); w.end('b',()=>console.log(fs.readFileSync('w','utf8')))}) })()`},
 {name:'readline', args:['main.js'], input:'one\ntwo\nthree', code:`const rl=require('readline').createInterface({input:process.stdin}); rl.on('line',l=>console.log('>',l)).on('close',()=>console.log('end'))`},
 {name:'stdin read', input:'abc', code:`process.stdin.on('data',d=>console.log(d)).on('end',()=>console.log('end'))`},
 {name:'console', code:`console.log('%s is %d',"a",1); console.error('err'); console.table([{a:1,b:2},{a:3}]); console.group('G'); console.log('in'); console.groupEnd(); console.dir({a:{b:{c:{}}}},{depth:0}); console.count(); console.count('x'); console.assert(false,'no'); console.trace===0; console.info('i'); console.warn('w'); console.debug('d'); console.timeEnd('nope'); console.log()`},
 {name:'structuredClone', code:`const o={a:new Map([[1,new Date(0)]]),b:/x/g,e:new RangeError('r'),u:new Uint8Array([1,2])}; const c=structuredClone(o); console.log(c, c.a!==o.a); try{structuredClone(()=>{})}catch(e){console.log(e.name,e.message,e.code,e instanceof DOMException)}`},
 {name:'events', code:`const {EventEmitter,once,on}=require('events'); const e=new EventEmitter(); once(e,'x').then(v=>console.log('once',v)); e.emit('x',1,2); const et=new EventTarget(); et.addEventListener('q',ev=>console.log(ev.type,ev instanceof Event)); et.dispatchEvent(new Event('q')); const ac=new AbortController(); ac.signal.addEventListener('abort',()=>console.log('aborted',ac.signal.reason.name)); ac.abort(); AbortSignal.timeout(5).onabort=function(){console.log(this.reason.name)}; setTimeout(()=>{},20)`},
 {name:'globals', code:`console.log(Object.getOwnPropertyNames(globalThis).sort().join()); console.log(Object.keys(globalThis))`},
 {name:'os', code:`const os=require('os'); console.log(os.EOL===String.fromCharCode(10), os.platform(), os.type(), os.arch(), os.endianness(), typeof os.hostname(), os.tmpdir(), os.homedir(), os.loadavg().length, os.networkInterfaces().lo.length, os.constants.signals.SIGINT, os.devNull, typeof os.uptime(), Object.keys(os.userInfo()), os.availableParallelism()>0, os.machine())`},
 {name:'stack', code:`function a(){ return new Error('s').stack } console.log(a()); console.log(require('util').getCallSites().length>3, require('util').getCallSites(1)[0].scriptName===__filename)`},
 {name:'worker-less require cycle', files:{'main.js':`exports.a=1; const b=require('./b'); console.log(b, module.children.length, require.resolve('./b')===require('path').join(__dirname,'b.js'), Object.keys(require.cache).length); require('./d.json').x; console.log(require('./d'))`,'b.js':`const m=require('./main'); exports.got=m.a; exports.main=require.main===module`,'d.json':'{"x":1}'}, args:['main.js']},
 {name:'bad json', files:{'main.js':`require('./d.json')`,'d.json':'{x}'}, args:['main.js']},
 {name:'parseArgs env', code:`const u=require('util'); console.log(u.parseArgs({args:['-f','--bar','b'],options:{f:{type:'boolean',short:'f'},bar:{type:'string'}}}), u.parseEnv('A=1\\nB="x y"\\n#c\\nexport C=\\'q\\'\\nD=a # b\\nE=\`m\\nn\`'), u.styleText('red','x'), u.stripVTControlCharacters('\\u001b[31mx\\u001b[0m'), u.toUSVString('a\\ud800'), u.getSystemErrorName(-2), u.getSystemErrorMap().get(-2), u.inspect(new URLSearchParams('a=1&b=2')))`},
 {name:'kill self', code:`process.on('SIGTERM',()=>{console.log('term'); process.exit(0)}); process.kill(process.pid,'SIGTERM'); setInterval(()=>{},1000)`},
 {name:'kill default', code:`process.kill(process.pid,'SIGTERM'); setInterval(()=>{},1000)`},
 {name:'dlopen', code:`try{process.dlopen({exports:{}},'/x.node')}catch(e){console.log(e.code)}`},
 {name:'blocklist', code:`const {BlockList,SocketAddress,isIP}=require('net'); const b=new BlockList(); b.addAddress('1.2.3.4'); b.addRange('10.0.0.1','10.0.0.9'); b.addSubnet('8592:757c:efae:4e45::',64,'ipv6'); console.log(b.check('1.2.3.4'),b.check('10.0.0.5'),b.check('10.0.1.0'),b.check('::ffff:1.2.3.4','ipv6'),b.check('8592:757c:efae:4e45:1::','ipv6'),b.rules, new SocketAddress({address:'1::2',family:'ipv6',port:3}), isIP('::1'))`},
 {name:'order nested ticks and promises', code:`Promise.resolve().then(()=>{console.log('p1'); process.nextTick(()=>{console.log('t1'); Promise.resolve().then(()=>console.log('p3'))}); queueMicrotask(()=>console.log('m1'))}).then(()=>console.log('p2')); process.nextTick(()=>console.log('t0')); setImmediate(()=>console.log('i'));`},
 {name:'order immediate in immediate with ticks', code:`setImmediate(()=>{console.log(1); setImmediate(()=>console.log(4)); process.nextTick(()=>console.log(2))}); setImmediate(()=>console.log(3));`},
 {name:'order cleared immediate', code:`const a=setImmediate(()=>{console.log('a'); clearImmediate(b)}); const b=setImmediate(()=>console.log('b')); setImmediate(()=>console.log('c'));`},
 {name:'order interval and timeout', code:`let n=0; const i=setInterval(()=>{console.log('i',++n); if(n===2){ clearInterval(i); setTimeout(()=>console.log('t'),2); }},5); const one=setTimeout(()=>{console.log('never')},5); clearTimeout(one);`},
 {name:'order await chain', code:`(async()=>{for(let i=0;i<3;i++){await null; console.log('a',i)}})(); (async()=>{for(let i=0;i<3;i++){await null; console.log('b',i)}})(); process.nextTick(()=>console.log('tick'));`},
 {name:'throw in tick keeps the queue', code:`process.on('uncaughtException',e=>console.log('caught',e.message)); process.nextTick(()=>{throw new Error('1')}); process.nextTick(()=>console.log('2')); Promise.resolve().then(()=>console.log('3')); setTimeout(()=>console.log('4'),1); const s=performance.now(); while(performance.now()-s<5);`},
 {name:'throw in immediate keeps the others', code:`process.on('uncaughtException',e=>console.log('caught',e.message)); setImmediate(()=>{throw new Error('1')}); setImmediate(()=>console.log('2'));`},
 {name:'throw in timer keeps the others', code:`process.on('uncaughtException',e=>console.log('caught',e.message)); setTimeout(()=>{throw new Error('1')},1); setTimeout(()=>console.log('2'),1);`},
 {name:'unhandled strict', args:['--unhandled-rejections=strict','main.js'], code:`process.on('uncaughtException',(e,o)=>console.log(e.message,o)); Promise.reject(new Error('x'))`},
 {name:'unhandled none', args:['--unhandled-rejections=none','main.js'], code:`Promise.reject(new Error('x')); setTimeout(()=>console.log('alive'),2)`},
 {name:'exit code 7', code:`process.on('uncaughtException',()=>{throw new Error('again')}); throw new Error('first')`},
 {name:'uncaughtExceptionMonitor', code:`process.on('uncaughtExceptionMonitor',(e,o)=>console.log('monitor',e.message,o)); throw new Error('x')`},
 {name:'capture callback', code:`process.setUncaughtExceptionCaptureCallback(e=>console.log('captured',e)); throw 5`},
 {name:'error cause', code:`throw new Error('outer',{cause:new TypeError('inner')})`},
 {name:'aggregate error', code:`throw new AggregateError([new Error('a')],'many')`},
 {name:'option needs argument', args:['-e']},
 {name:'negated string option', args:['--no-input-type']},
 {name:'check and eval', args:['--check','-e','1']},
 {name:'eval -pe', args:['-pe','1+1']},
 {name:'require flag', args:['-r','./pre.js','main.js'], files:{'pre.js':'console.log("pre")','main.js':'console.log("main",process.execArgv)'}},
 {name:'process.binding', code:`try{process.binding('nope')}catch(e){console.log(e.message)} console.log(typeof process.binding('fs').open)`},
 {name:'buffer transcode', code:`const {transcode,isUtf8,isAscii}=require('buffer'); console.log(transcode(Buffer.from('€é'),'utf8','latin1'), transcode(Buffer.from('é'),'utf8','ucs2'), isUtf8(Buffer.from([0xc3])), isUtf8(Buffer.from('é')), isAscii(Buffer.from('a'))); try{transcode(Buffer.from('a'),'hex','utf8')}catch(e){console.log(e.code,e.message)}`},
 {name:'buffer fill and copy', code:`console.log(Buffer.alloc(6).fill('é'), Buffer.alloc(6).fill('0102','hex'), Buffer.alloc(4).fill(257), Buffer.alloc(5).fill(Buffer.from('xy')), Buffer.alloc(4).fill('')); const a=Buffer.from('abcdef'); a.copy(a,2,0,3); console.log(a.toString(), a.compare(Buffer.from('abaz'),0,4,0,4), a.subarray(-2).toString(), Buffer.from(a.buffer,a.byteOffset,2).toString()); const b=Buffer.alloc(8); b.writeDoubleBE(1.5); console.log(b, b.readDoubleBE(), b.writeBigInt64LE(-5n), b.readBigInt64LE())`},
 {name:'weak and iterator inspect', code:`const it=new Map([['a',1]]).entries(); console.log(it); console.log([...it]); const s=new Set([1,2,3]).values(); s.next(); console.log(s, s.next())`},
 {name:'proxy', code:`const util=require('util'); const p=new Proxy(function f(){}, {}); console.log(typeof p, util.types.isProxy(p), p.name, Proxy.name, Proxy.length, util.inspect(new Proxy([1],{}),{showProxy:1})); const r=Proxy.revocable({},{}); r.revoke(); console.log(util.inspect(r.proxy), util.inspect(r.proxy,{showProxy:true}))`},
 {name:'legacy url', args:['--no-deprecation','main.js'], code:`const url=require('url'); console.log(url.parse('http://user:pass@sub.Example.com:8080/p/a?query=string#hash'), url.resolve('/one/two','three'), url.parse('x://0.0,1.1/').host)`},
 {name:'querystring', code:`const q=require('querystring'); console.log(q.parse('a=1&a=2&b=%20+x'), q.stringify({a:[1,2],b:'é ',c:''}), q.escape('é&'))`},
 {name:'path', code:`const p=require('path'); console.log(p.resolve('/a','../b'), p.relative('/a/b','/a/c/d'), p.parse('/x/y.tar.gz'), p.join('a','..','..'), p.win32.join('a','b'))`},
 {name:'diagnostics channel', code:`const dc=require('diagnostics_channel'); const c=dc.channel('x'); c.subscribe((m,n)=>console.log(m,n)); c.publish({a:1}); console.log(c.hasSubscribers)`},
 {name:'fs watchFile', code:`const fs=require('fs'); const f='/tmp/watched-'+process.pid; const put=(text)=>{fs.writeFileSync(f+'-new',text); fs.renameSync(f+'-new',f)}; const texts=['a','abc']; fs.watchFile(f,{interval:20},(now,was)=>{console.log(now.size,was.size); if(texts.length>0) put(texts.shift()); else { fs.unwatchFile(f); fs.unlinkSync(f) }})`},
 {name:'fs streams', code:`const fs=require('fs'); const f='/tmp/stream-'+process.pid; const w=fs.createWriteStream(f); for(let i=0;i<1000;i++)w.write('line '+i+'\\n'); w.end(()=>{let n=0; fs.createReadStream(f,{highWaterMark:1000}).on('data',d=>n+=d.length).on('end',()=>console.log(n, fs.statSync(f).size))})`},
 {name:'fs promises order', code:`const fs=require('fs'); Promise.all([fs.promises.readFile(__filename,'utf8'),fs.promises.stat(__filename)]).then(([a,b])=>console.log(a.length===b.size)); setImmediate(()=>console.log('immediate'));`},
];

/** What differs between two runs of one program: its pid and the milliseconds of a timer's start. */
const stable = (text: string): string => text.replace(/\(node:\d+\)/g, '(node:PID)').replace(/_idleStart: \d+/g, '_idleStart: N');

describe('node, against real Node', () => {
  const root = mkdtempSync(join(tmpdir(), 'node-oracle-'));
  let kernel: KernelInNode;
  before(async () => {
    kernel = new KernelInNode();
    await kernel.boot();
  });
  after(async () => {
    await kernel.close();
    rmSync(root, { recursive: true });
  });

  cases.forEach(({ name, code, files, args = ['main.js'], input }, index) => {
    it(name, async () => {
      const folder = join(root, String(index));
      const all = { ...files, ...(code === undefined ? {} : { 'main.js': code }) };
      mkdirSync(folder);
      for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      await kernel.mount(folder, { ...all, '.keep': '' });
      const env = { PATH: '/usr/bin', HOME: '/root' };
      const real = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', input: input ?? '', argv0: 'node' });
      const ours = await kernel.run(args, { cwd: folder, env, ...(input === undefined ? {} : { input }) });
      assert.deepEqual(
        { stdout: stable(ours.stdout), stderr: stable(ours.stderr), code: ours.code, signal: ours.signal },
        { stdout: stable(real.stdout), stderr: stable(real.stderr), code: real.status, signal: real.signal },
      );
    });
  });
});
