import type { Locale } from './locale.ts';
import { pluralsOf } from './plural.ts';

const plural = pluralsOf('ar');

/** Names in Latin letters keep their own direction within Arabic text. */
const isolated = (name: string) => `\u2068${name}\u2069`;

export const texts: Locale = {
  shared: {
    run: 'تشغيل',
    restart: 'إعادة التشغيل',
    stop: 'إيقاف',
    reset: 'إعادة الضبط',
    undo: 'تراجع',
    dismiss: 'إخفاء',
    reload: 'إعادة التحميل',
    address: 'العنوان',
    openInNewTab: 'فتح في علامة تبويب جديدة',
    back: 'رجوع',
    forward: 'تقدّم',
    environment: 'شيفرة حيّة',
    controls: 'عناصر التحكم',
    statusIdle: 'لم يبدأ بعد',
    statusBooting: 'جارٍ البدء…',
    statusRunning: 'قيد التشغيل',
    statusRunningQuickjs: 'قيد التشغيل في المحرّك الصارم (QuickJS): سياسة هذه الصفحة تمنع محرّك المتصفح',
    statusStopped: 'متوقف',
    statusFailed: 'تعذّر البدء',
    resetDone: 'عادت الملفات الأصلية.',
    resetUndone: 'عادت تعديلاتك.',
    storedElsewhere: 'هذا المثال مفتوح في علامة تبويب أخرى. لن تُحفظ التعديلات التي تُجرى هنا.',
    editorLabel: (file) => `محرّر الشيفرة، ${isolated(file)}`,
    codeLabel: (file) => `شيفرة، ${isolated(file)}`,
    editorHelp: 'مفتاح Tab يزيح النص. لمغادرة المحرّر اضغط Escape ثم Tab؛ وبعد Control M ينقل Tab التركيز دائمًا.',
    noSuchFile: (file) => `لا يوجد ملف باسم «${isolated(file)}» في هذا المثال`,
    binaryFile: (file) => `«${isolated(file)}» ليس نصًا`,
    terminalLabel: (command) => (command === '' ? 'الطرفية' : `الطرفية، ${isolated(command)}`),
    terminalHelp: 'تُرسل المفاتيح إلى البرنامج. لمغادرة الطرفية اضغط Escape ثم Tab.',
    terminalWaiting: 'اضغط «تشغيل» للبدء',
    terminalBooting: 'جارٍ البدء…',
    terminalEnded: (code) => `[انتهت العملية بالرمز ${code}؛ اضغط Enter لبدئها من جديد]`,
    terminalStopped: '[متوقف]',
    previewLabel: (port) => `معاينة المنفذ ${port}`,
    previewIdle: 'يظهر هنا ما يقدّمه البرنامج بعد تشغيله.',
    previewWaiting: (port) => `في انتظار خادم على المنفذ ${port}…`,
    previewSilent: (port, open) =>
      open.length === 0
        ? `لا شيء يستمع على المنفذ ${port} بعد.`
        : `لا شيء يستمع على المنفذ ${port} بعد؛ المنافذ المفتوحة: ${open.join('، ')}.`,
    previewStopped: (port) => `توقّف الخادم على المنفذ ${port}.`,
    previewLoading: 'جارٍ التحميل…',
    loadFailed: (what) => `تعذّر تحميل ${isolated(what)}. تحقّق من الاتصال ثم أعد تحميل الصفحة.`,
    loadBlocked: (what, source) =>
      `تعذّر تحميل ${isolated(what)}: تمنعه سياسة Content Security Policy لهذه الصفحة؛ أضف ${isolated(source)} إلى script-src`,
    noContainer: (tag, id) =>
      id === ''
        ? `يجب أن يكون ${isolated(`<${tag}>`)} داخل ${isolated('<bv-container>')} أو أن يسمّي واحدًا بواسطة ${isolated('for="…"')}`
        : `لا يجد ${isolated(`<${tag} for="${id}">`)} العنصر ${isolated(`<bv-container id="${id}">`)}`,
  },
  output: {
    label: 'المخرجات',
    controls: 'عناصر التحكم في المخرجات',
    filters: 'المستويات المعروضة',
    error: 'الأخطاء',
    warn: 'التحذيرات',
    info: 'الرسائل',
    debug: 'التنقيح',
    errorPrefix: 'خطأ:',
    warnPrefix: 'تحذير:',
    copy: 'نسخ',
    copied: 'نُسخت المخرجات.',
    copyFailed: 'تعذّر نسخ المخرجات: المتصفح لا يسمح بذلك.',
    clear: 'مسح',
    cleared: 'مُسحت المخرجات.',
    empty: 'يظهر هنا ما تطبعه البرامج والمعاينات.',
    filtered: 'المستويات المختارة أعلاه تخفي كل المخرجات.',
    dropped: (lines) =>
      plural(lines, {
        one: 'لم يعد سطر سابق واحد معروضًا.',
        two: 'لم يعد سطران سابقان معروضين.',
        few: 'لم تعد # أسطر سابقة معروضة.',
        other: 'لم يعد # سطرًا سابقًا معروضًا.',
      }),
    repeated: (times) => plural(times, { one: 'مرة واحدة', two: 'مرتان', few: '# مرات', other: '# مرة' }),
    more: (parts) => `… و${parts} أخرى`,
    open: (place) => `فتح ${isolated(place)} في المحرّر`,
    news: (lines, errors) => {
      const said = plural(lines, {
        one: 'سطر جديد واحد من المخرجات',
        two: 'سطران جديدان من المخرجات',
        few: '# أسطر جديدة من المخرجات',
        other: '# سطرًا جديدًا من المخرجات',
      });
      if (errors === 0) return `${said}.`;
      return `${said}، منها ${plural(errors, { one: 'خطأ واحد', two: 'خطآن', few: '# أخطاء', other: '# خطأً' })}.`;
    },
    ended: (code) => `[انتهت العملية بالرمز ${code}]`,
    stopped: '[متوقف]',
  },
  run: { run: 'تشغيل', restart: 'إعادة التشغيل', stop: 'إيقاف', starting: 'جارٍ البدء…', reset: 'إعادة الضبط' },
  status: {
    label: 'الحالة',
    loading: (files, size) =>
      `جارٍ البدء… حُمّل ${isolated(size)} في ${plural(files, { one: 'ملف واحد', two: 'ملفين', few: '# ملفات', many: '# ملفًا', other: '# ملف' })}`,
    ports: (ports) =>
      ports.length === 1 ? `قيد التشغيل، يستمع على المنفذ ${ports.join()}` : `قيد التشغيل، يستمع على المنافذ ${ports.join('، ')}`,
    details: 'التفاصيل',
    programs: 'البرامج',
    noPrograms: 'لا يعمل أي برنامج.',
    program: 'البرنامج',
    processId: 'المعرّف',
    since: 'مدة التشغيل',
    seconds: (seconds) => `${seconds} ث`,
    paused: 'متوقف مؤقتًا',
    cost: 'التكلفة',
    loaded: 'المحمَّل',
    loadedValue: (size, files) =>
      `${isolated(size)} في ${plural(files, { one: 'ملف واحد', two: 'ملفين', few: '# ملفات', many: '# ملفًا', other: '# ملف' })}`,
    workers: 'العمّال (workers)',
    written: 'المكتوب في الملفات',
    files: 'الملفات',
    unsaved: 'تغييرات لم تُحفظ بعد',
    openPorts: 'المنافذ المفتوحة',
    none: 'لا شيء',
  },
  share: {
    share: 'مشاركة',
    title: 'مشاركة هذه الشيفرة',
    close: 'إغلاق',
    link: 'رابط إلى هذه الشيفرة',
    linkHelp: 'الملفات داخل الرابط نفسه: لا يُرسل شيء إلى أي خادم، ولا حتى عند فتحه.',
    linkUnchanged: 'لم يتغيّر شيء: يقود الرابط إلى الصفحة كما هي.',
    copyLink: 'نسخ الرابط',
    linkCopied: 'نُسخ الرابط.',
    copyFailed: 'تعذّر النسخ: المتصفح لا يسمح بذلك. حدّد النص وانسخه يدويًا.',
    linkTooLong: (size, limit) => `الملفات أكبر من أن توضع في رابط: سيكون فيه ${size} حرفًا، والحد الأقصى ${limit}. نزّل ملفًا بدلًا من ذلك.`,
    linkNotText: (file) => `لا يحمل الرابط إلا نصوصًا، و«${isolated(file)}» ليس نصًا. نزّل ملفًا بدلًا من ذلك.`,
    download: 'تنزيل',
    downloadZip: 'أرشيف zip',
    downloadSnapshot: 'لقطة من الحاوية قيد التشغيل',
    embed: 'تضمين',
    copyEmbed: 'نسخ شيفرة التضمين',
    embedCopied: 'نُسخت شيفرة التضمين.',
    openElsewhere: 'فتح في مكان آخر',
    openIn: (service) => `فتح في ${isolated(service)} (علامة تبويب جديدة)`,
    opened: (service) => `أُرسلت الملفات إلى ${isolated(service)}.`,
    failed: (reason) => `تعذّرت المشاركة: ${isolated(reason)}`,
    linkOpened: (files) =>
      plural(files, {
        one: 'جاء ملف واحد من الرابط الذي فتحته.',
        two: 'جاء ملفان من الرابط الذي فتحته.',
        few: 'جاءت # ملفات من الرابط الذي فتحته.',
        many: 'جاء # ملفًا من الرابط الذي فتحته.',
        other: 'جاء # ملف من الرابط الذي فتحته.',
      }),
    linkUndone: 'سُحبت ملفات الرابط.',
  },
};
