// Faults and warnings in Russian. The domain tells what it found in English; where more can be said than the rule
// alone, the pattern stands here. Invariant: every rule has a sentence, by type, and no sentence repeats a value
// that the domain did not name.
import type { WebhookFault, WebhookRule } from '../../domain/webhook-fault.ts'
import type { WebhookWarning } from '../../domain/webhook-warnings.ts'
import type { Warning } from './wire.ts'

const byRule: Readonly<Record<WebhookRule, string>> = {
  required: 'Заполните это поле.',
  type: 'Здесь нужно значение другого вида.',
  unknown_field: 'Такого поля у вебхука нет.',
  one_of: 'Выберите одно из предложенных значений.',
  range: 'Число вне допустимых пределов.',
  length: 'Значение слишком короткое или слишком длинное.',
  form: 'Значение записано не так, как нужно.',
  repeated: 'Повторяется: каждое значение может стоять только один раз.',
  reserved: 'Это значение занято для других целей.',
  conflict: 'Противоречит другому полю.',
  sealed: 'Сохранённое значение не удаётся расшифровать. Введите его заново.',
  undecodable: 'Запись вебхука повреждена и не читается. Заполните форму заново и сохраните.',
}

/** Matched against `path rule found; allowed`. The first one that fits has the word; `$1` is what it caught. */
const special: readonly (readonly [RegExp, string])[] = [
  [/^address required/, 'Укажите домен или IP-адрес сервера.'],
  [/^address .*"@"/, 'Здесь только хост. Логин и пароль указываются ниже, в разделе «Авторизация».'],
  [/^address .*contains a path/, 'Здесь только хост. Путь указывается в поле «Путь».'],
  [/^address .*contains "\?"/, 'Здесь только хост. Параметры указываются в разделе «Параметры запроса».'],
  [/^address .*contains "#"/, 'Здесь только хост, без «#».'],
  [/^address .*protocol that is not known/, 'Протокол может быть только http:// или https://.'],
  [/^address .*no "\/\/"/, 'После протокола должно стоять «//», например https://mysite.ru.'],
  [/^address .*no port after/, 'После двоеточия нужен номер порта, от 1 до 65535.'],
  [/^address .*port (?:that is not|outside)/, 'Порт — целое число от 1 до 65535.'],
  [/^address range/, 'Порт — целое число от 1 до 65535.'],
  [/^address reserved .*?(\d+), which/, 'Порт $1 закрыт: его занимает не HTTP. Укажите другой порт.'],
  [/^address length .*at most (\d+)/, 'Слишком длинный адрес: допустимо не больше $1 символов.'],
  [/^address form/, 'Это не домен и не IP-адрес. Пример: https://mysite.ru или 1.2.3.4:8080.'],
  [/^path form .*contains "\?"/, 'Путь заканчивается перед знаком вопроса. Параметры указываются ниже.'],
  [/^path form .*contains "#"/, 'В пути не может быть знака «#».'],
  [/^path form/, 'В пути есть символ, который нельзя передать.'],
  [/^path length/, 'Слишком длинный путь: допустимо не больше 2048 байт, русская буква занимает 6.'],
  [/^parameters\S* one_of .*for example (\w+)/, 'Такого параметра звонка нет. Возможно, нужен $1?'],
  [/^parameters\S* one_of/, 'Такого параметра звонка нет. Выберите из списка.'],
  [/^parameters\[\d+\] required/, 'Выберите параметр звонка или введите свой текст.'],
  [/^parameters\S*\.name form/, 'В имени не может быть «=»: в text/plain этим знаком имя заканчивается.'],
  [/^parameters length make/, 'Путь, имена и тексты не помещаются в GET-запрос (8000 байт). Выберите POST.'],
  [/\.name repeated/, 'Такое имя уже есть: каждое может стоять только один раз.'],
  [/^headers\S*\.name reserved/, 'Этот заголовок задаёт сама система. Укажите другой.'],
  [/^headers\S*\.name form/, 'В имени заголовка могут быть латинские буквы, цифры и дефис.'],
  [/^headers\S*\.name conflict/, 'Заголовок Authorization уже задан в разделе «Авторизация».'],
  [
    / conflict was stored for another/,
    'Сохранено для другого адреса и на новый не передаётся. Введите заново.',
  ],
  [/\*\*\*/, 'Сохранённого значения больше нет. Введите его заново.'],
  [/^headers\S*\.value form/, 'Допустимы только латинские буквы, цифры и знаки, без пробелов по краям.'],
  [/^authentication\.username form/, 'В имени пользователя не может быть двоеточия и управляющих символов.'],
  [/^authentication\.password form/, 'В пароле не может быть управляющих символов.'],
  [/^authentication\.token form/, 'Допустимы только латинские буквы, цифры и знаки, без пробелов.'],
  [/^signing_secrets\S* repeated/, 'Такой ключ уже есть.'],
  [/^signing_secrets\S* (?:form|length .*Base64)/, 'Ключ — это whsec_ и от 24 до 64 байт в Base64.'],
  [/^tls_verification reserved/, 'Отключать проверку сертификата здесь не разрешено.'],
  [/^time_zone/, 'Такого часового пояса нет. Пример: Europe/Moscow.'],
  [/^limits\.total_timeout_ms/, 'Целое число миллисекунд от 1 до 30000.'],
  [/^limits\.concurrency/, 'Целое число от 1 до 1000.'],
  [/^limits\.rate_per_second/, 'Число от 0,01 до 10000.'],
  [/^limits\.retry_horizon_s/, 'От 1 секунды до 30 суток (720 часов), без долей секунды.'],
  [/ sealed (?:begins|is not yours)/, 'Зашифрованное значение здесь не принимается. Введите обычный текст.'],
  [/ length has 0 characters/, 'Заполните это поле.'],
  [/ length has \d+ characters; allowed: 1 to (\d+)/, 'Слишком длинно: допустимо не больше $1 символов.'],
  [/ length has \d+ characters; allowed: at most (\d+)/, 'Слишком длинно: допустимо не больше $1 символов.'],
  [/ length has \d+ entries; allowed: at most (\d+)/, 'Слишком много: допустимо не больше $1.'],
]

export function faultInRussian({ path, rule, found, allowed }: WebhookFault): string {
  // A stored webhook's fault names the part of the address; it is one field here.
  const field = /^(protocol|host|port)$/.test(path) ? 'address' : path
  const told = `${field} ${rule} ${found}; allowed: ${allowed}`
  for (const [pattern, text] of special) {
    const match = pattern.exec(told)
    if (match !== null) return text.replace('$1', match[1] ?? '')
  }
  return byRule[rule]
}

const warnings: Readonly<Record<WebhookWarning['rule'] | 'url_too_long' | 'body_too_large', string>> = {
  unknown_at_start:
    'Это значение известно только после завершения звонка: в вебхуке о начале звонка оно придёт пустым.',
  plain_http: 'По http данные идут открыто, их можно прочитать и изменить по дороге. Лучше https.',
  credentials_over_http:
    'По http ключи и пароли этого вебхука идут открыто, ими сможет воспользоваться любой на пути. Нужен https.',
  unverified_tls:
    'Сертификат сервера не проверяется: любой на пути может выдать себя за ваш сервер, прочитать данные и ответить вместо него.',
  url_too_long: 'С такими значениями GET-запрос слишком длинный и не будет отправлен. Выберите POST.',
  body_too_large: 'С такими значениями тело запроса слишком большое и не будет отправлено.',
}

export function warningInRussian({ rule, text }: Warning): string {
  if (rule === 'unknown_at_start' && text.includes('left out')) {
    return 'Это значение известно только после завершения звонка: в вебхуке о начале звонка его не будет.'
  }
  return Object.hasOwn(warnings, rule) ? warnings[rule as keyof typeof warnings] : text
}
