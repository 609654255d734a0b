import { isolated } from '../isolated.ts';
import type { LessonLocale } from '../locale.ts';
import { pluralsOf } from '../plural.ts';

const plural = pluralsOf('ar-u-nu-latn');

const quoted = (text: string) => `«${isolated(text)}»`;

export const texts: LessonLocale = {
  lesson: {
    lesson: 'درس',
    steps: 'الخطوات',
    showSteps: (current, count) => `الخطوة ${current} من ${count}`,
    previous: 'السابق',
    next: 'التالي',
    stepDone: 'مكتملة',
    stepLocked: 'غير متاحة بعد',
    stepLockedWhy: 'أكمل الخطوات التي قبلها أولًا.',
    nextLockedWhy: 'تُفتح الخطوة التالية عندما تنجح كل فحوص هذه الخطوة.',
    stepShown: (label, current, count) => `الخطوة ${current} من ${count}: ${label}`,
    lessonDone: 'اكتملت كل الخطوات.',
    resetFile: (file) => `إعادة ضبط ${isolated(file)}`,
    resetStep: 'إعادة ضبط الخطوة',
    resetLesson: 'إعادة ضبط الدرس',
    resetMenu: 'البدء من جديد',
    stepIsReset: 'عادت ملفات هذه الخطوة كما كانت في بدايتها.',
    fileIsReset: (file) => `عاد ${isolated(file)} كما كان في بداية هذه الخطوة.`,
    lessonIsReset: 'يبدأ الدرس من جديد: لم يبقَ شيء مما كتبته فيه.',
    resetLessonAsks: 'سيُحذف ما كتبته في كل الخطوات.',
    resetLessonYes: 'حذف الكل',
    cancel: 'إلغاء',
    undo: 'تراجع',
    undone: 'عادت ملفاتك.',
    checks: 'الفحوص',
    check: 'فحص',
    checking: 'جارٍ الفحص…',
    unchecked: 'لم يُفحص بعد',
    running: 'قيد الفحص',
    passed: 'ناجح',
    failed: 'ليس بعد',
    waiting: 'في الانتظار',
    broken: 'تعذّر الفحص',
    wanted: 'المطلوب:',
    found: 'الموجود:',
    summary: (passed, count) =>
      passed === count
        ? plural(count, { one: 'نجح الفحص.', two: 'نجح الفحصان.', few: 'نجحت كل الفحوص وعددها #.', other: 'نجحت كل الفحوص وعددها #.' })
        : `عدد الفحوص الناجحة ${passed} من ${count}.`,
    summaryFirst: (label, found) => (found === '' ? `ليس بعد: ${label}` : `ليس بعد: ${label}. ${found}`),
    hint: 'تلميح',
    solution: 'الحل',
    compare: 'المقارنة بملفاتك',
    compareInEditor: 'المقارنة في المحرّر',
    compareHide: 'إخفاء المقارنة',
    apply: 'استخدام الحل',
    applied: 'الحل الآن في ملفاتك.',
    sameAsSolution: 'ملفاتك مطابقة للحل.',
    comparison: (file) => `ملفك ${isolated(file)} بجانب النسخة الأخرى`,
    yours: 'نسختك',
    theirs: 'النسخة الأخرى',
    lineAdded: 'مضاف',
    lineRemoved: 'محذوف',
    fileChanged: (file) => `غيّر المؤلف ${isolated(file)} بعد تحريرك له. أُبقي على نسختك.`,
    fileDeleted: (file) => `حذف المؤلف ${isolated(file)} بعد تحريرك له. أُبقي على نسختك.`,
    showDifference: 'عرض الاختلاف',
    hideDifference: 'إخفاء الاختلاف',
    takeTheirs: 'أخذ نسخة المؤلف',
    keepMine: 'الإبقاء على نسختي',
    otherTab: 'هذا الدرس مفتوح أيضًا في علامة تبويب أخرى، وقد حُرّرت هذه الخطوة هناك.',
    showOtherTab: 'عرض ما كُتب هناك',
    notKeptBlocked: 'لا يحفظ هذا المتصفح شيئًا لهذه الصفحة: يبقى ما تفعله هنا حتى تغادرها.',
    notKeptFull: 'لم تبقَ مساحة في هذا المتصفح: يبقى ما تفعله من الآن حتى تغادر الصفحة.',
    notKeptNewer: 'حفظت نسخة أحدث من هذه الصفحة تقدّمك. يبقى كما هو، ولن يُحفظ ما تفعله الآن.',
    notKeptTwice: (key) => `يُحفظ درسان من هذه الصفحة باسم ${quoted(key)}: لن يُحفظ هذا الدرس.`,
    noSteps: `لا خطوات في هذا الدرس: اكتب فيه عناصر ${isolated('<bv-step>')}، أو سمِّ درسًا محزومًا بواسطة ${isolated('src="…"')}`,
    stepTwice: (name) => `توجد خطوتان باسم ${quoted(name)}: يجب أن يكون كل اسم لخطوة واحدة`,
    stepName: (name) => `لا يصلح ${quoted(name)} اسمًا لخطوة: يجب ألا يحتوي على مسافات أو «#» أو «/»`,
    stepUnknown: (name) => `لا توجد خطوة ${quoted(name)} في هذا الدرس`,
    stepFile: (step, message) => `الخطوة ${quoted(step)}: ${message}`,
    stepFocus: (step, file) => `الخطوة ${quoted(step)}: الملف ${quoted(file)} المراد عرضه ليس فيها`,
    patchTwice: (step, file) => `الخطوة ${quoted(step)}: يُكتب ${quoted(file)} ويُرقّع في آن واحد`,
    patchUnreadable: (step, message) => `الخطوة ${quoted(step)}: تعذّرت قراءة رقعة: ${isolated(message)}`,
    patchMissing: (step, file) => `الخطوة ${quoted(step)}: لا يمكن تطبيق رقعة ${quoted(file)}: لا يوجد هذا الملف`,
    patchFails: (step, file, hunk, header) =>
      `الخطوة ${quoted(step)}: لا يمكن تطبيق رقعة ${quoted(file)}: المقطع ${hunk} (${isolated(header)}) لا يطابق`,
    deleteMissing: (step, file) => `الخطوة ${quoted(step)}: لا يمكن حذف ${quoted(file)}: لا يوجد هذا الملف`,
    sourceFailed: (url, message) => `تعذّر تحميل الدرس ${isolated(url)}: ${isolated(message)}`,
    outsideLesson: (tag) => `يجب أن يكون ${isolated(`<${tag}>`)} في ${isolated('<bv-step>')} من ${isolated('<bv-lesson>')}`,
    checkUnknown: (type, known) => `لا يوجد فحص من النوع ${quoted(type)}: الأنواع المعروفة هي ${isolated(known)}`,
    checkNeeds: (type, attribute) => `يحتاج الفحص من النوع ${quoted(type)} إلى السمة ${isolated(attribute)}`,
    checkUnreadable: (attribute, message) => `تعذّرت قراءة السمة ${isolated(attribute)} لفحص: ${isolated(message)}`,
    noNumber: (written) => `${quoted(written)} ليس عددًا من 0 فصاعدًا`,
    fillUnreadable: 'المتوقع: محدِّد => نص',
    noFunction: (name) => `لا تعرّف الصفحة فحصًا باسم ${quoted(name)}: يجب أن تستدعي ${isolated('defineCheck()')}`,
    checkFailed: (message) => `أخفق الفحص نفسه: ${isolated(message)}`,
    timedOut: (seconds) =>
      plural(seconds, {
        one: 'لم ينتهِ الفحص خلال ثانية واحدة فأُوقف.',
        two: 'لم ينتهِ الفحص خلال ثانيتين فأُوقف.',
        few: 'لم ينتهِ الفحص خلال # ثوانٍ فأُوقف.',
        other: 'لم ينتهِ الفحص خلال # ثانية فأُوقف.',
      }),
    notRunning: 'اضغط «فحص»: يحتاج هذا الفحص إلى تشغيل البرنامج.',
    noServer: (port) => `لا شيء يستمع على المنفذ ${port}: اضغط «تشغيل».`,
    noServerComes: (port) => `لا شيء يستمع على المنفذ ${port}، ولم يعد يعمل أي برنامج يمكنه ذلك.`,
    noAnswer: 'أغلق الخادم الاتصال دون ردّ: ما يقوله موجود في الطرفية.',
    noAnswerWithin: (seconds) =>
      plural(seconds, {
        one: 'لم يردّ الخادم خلال ثانية واحدة.',
        two: 'لم يردّ الخادم خلال ثانيتين.',
        few: 'لم يردّ الخادم خلال # ثوانٍ.',
        other: 'لم يردّ الخادم خلال # ثانية.',
      }),
    noDocument: 'لا تعرض المعاينة شيئًا بعد: اضغط «تشغيل».',
    wantsFile: (file) => `يوجد ملف ${isolated(file)}`,
    wantsNoFile: (file) => `لا يوجد ملف ${isolated(file)}`,
    wantsInFile: (file, text) => `يحتوي ${isolated(file)} على ${quoted(text)}`,
    wantsNotInFile: (file, text) => `لا يحتوي ${isolated(file)} على ${quoted(text)}`,
    wantsMatch: (file, expression) => `يطابق ${isolated(file)} التعبير ${isolated(expression)}`,
    wantsEqual: (file) => `${isolated(file)} كما هو مطلوب، سطرًا بسطر`,
    wantsJson: (file, json) => `محتوى ${isolated(file)} هو ${isolated(json)}`,
    foundFile: (file) => `يوجد ${isolated(file)}.`,
    foundNoFile: (file) => `لا يوجد الملف ${isolated(file)}.`,
    foundInFile: (file) => `هو موجود في ${isolated(file)}.`,
    foundNotInFile: (file) => `هو غير موجود في ${isolated(file)}.`,
    foundLine: (line, found, wanted) => {
      if (found === undefined) return `السطر ${line} ناقص: ${quoted(wanted ?? '')}`;
      return wanted === undefined ? `السطر ${line} زائد: ${quoted(found)}` : `السطر ${line} هو ${quoted(found)} وليس ${quoted(wanted)}`;
    },
    foundNoJson: (message) => `ليس JSON: ${isolated(message)}`,
    foundNoValue: (path, wanted) => `لا يوجد ${isolated(path)}؛ المطلوب ${isolated(wanted)}`,
    foundValue: (path, found, wanted) =>
      path === ''
        ? `القيمة ${isolated(found)}؛ المطلوب ${isolated(wanted)}`
        : `قيمة ${isolated(path)} هي ${isolated(found)}؛ المطلوب ${isolated(wanted)}`,
    wantsCode: (command, code) => (code === 0 ? `يعمل ${isolated(command)} دون خطأ` : `ينتهي ${isolated(command)} بالرمز ${code}`),
    wantsPrinted: (command, text) => `يطبع ${isolated(command)} النص ${quoted(text)}`,
    wantsError: (command, text) => `يطبع ${isolated(command)} النص ${quoted(text)} كخطأ`,
    foundCode: (code, printed) =>
      printed === '' ? `انتهى بـ ${isolated(code)}.` : `انتهى بـ ${isolated(code)} وطبع:\n${isolated(printed)}`,
    foundPrinted: (printed) => `طُبع:\n${isolated(printed)}`,
    foundNothingPrinted: 'لم يُطبع شيء.',
    foundError: (printed) => (printed === '' ? 'لم يُطبع أي خطأ.' : `الأخطاء هي:\n${isolated(printed)}`),
    foundOnlyError: (printed) => `لم يُطبع إلا خطأ:\n${isolated(printed)}`,
    wantsTests: (file) => `تنجح الاختبارات في ${isolated(file)}`,
    foundFailedTests: (count, name, message) => {
      const which = `${plural(count, { one: 'أخفق هذا الاختبار:', two: 'أخفق اختباران، أولهما:', few: 'أخفقت # اختبارات، أولها:', many: 'أخفق # اختبارًا، أولها:', other: 'أخفق # اختبار، أولها:' })} ${quoted(name)}`;
      return message === '' ? which : `${which}\n${isolated(message)}`;
    },
    wantsStatus: (request, status) => `حالة الرد على ${isolated(request)} هي ${status}`,
    foundStatus: (status, body) => (body === '' ? `الحالة ${status}.` : `الحالة ${status}، والرد:\n${isolated(body)}`),
    wantsHeader: (request, name, value) =>
      value === ''
        ? `في الرد على ${isolated(request)} ترويسة ${isolated(name)}`
        : `في الرد على ${isolated(request)} الترويسة ${isolated(`${name}: ${value}`)}`,
    foundHeader: (name, value) => `الموجود ${isolated(`${name}: ${value}`)}`,
    foundNoHeader: (name) => `لا توجد ترويسة ${isolated(name)}.`,
    wantsBody: (request, text) => `الرد على ${isolated(request)} هو ${quoted(text)}`,
    wantsJsonBody: (request, json) => `الرد على ${isolated(request)} هو ${isolated(json)}`,
    foundBody: (body) => `الرد هو:\n${isolated(body)}`,
    foundNoBody: 'الرد فارغ.',
    wantsElement: (selector) => `في الصفحة ${isolated(selector)}`,
    wantsElements: (selector, count) =>
      `يظهر ${isolated(selector)} في الصفحة ${plural(count, { one: 'مرة واحدة', two: 'مرتين', few: '# مرات', other: '# مرة' })}`,
    wantsNoElement: (selector) => `ليس في الصفحة ${isolated(selector)}`,
    wantsVisible: (selector) => `${isolated(selector)} مرئي`,
    wantsText: (selector, text) => `نص ${isolated(selector)} هو ${quoted(text)}`,
    wantsAttribute: (selector, name, value) =>
      value === undefined
        ? `للعنصر ${isolated(selector)} السمة ${isolated(name)}`
        : `للعنصر ${isolated(selector)} السمة ${isolated(`${name}="${value}"`)}`,
    foundNoElement: (selector) => `لا يوجد ${isolated(selector)} في الصفحة.`,
    foundElements: (count) =>
      count === 0
        ? 'لا يوجد أي عنصر.'
        : plural(count, {
            one: 'يوجد عنصر واحد.',
            two: 'يوجد عنصران.',
            few: 'توجد # عناصر.',
            many: 'يوجد # عنصرًا.',
            other: 'يوجد # عنصر.',
          }),
    foundNoTarget: (selector) => `لا يوجد ${isolated(selector)} لاستخدامه.`,
    foundHidden: 'هو مخفي.',
    foundText: (text) => `نصه ${quoted(text)}`,
    foundNoText: 'لا نص فيه.',
    foundAttribute: (name, value) => `الموجود ${isolated(`${name}="${value}"`)}`,
    foundNoAttribute: (name) => `ليست له السمة ${isolated(name)}.`,
  },
};
