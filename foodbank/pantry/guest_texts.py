"""The texts of the recipients' pages. How they are written: ``guest_words``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    """One text in Japanese, in やさしい日本語 (short, one idea a sentence, readings on all kanji) and in English."""

    ja: str
    easy: str
    en: str

    def in_language(self, language: str) -> str:
        return {"easy": self.easy, "en": self.en}.get(language, self.ja)


WORDS: dict[str, Say] = {
    # frame
    "title": Say("ご予約", "[予約|よやく]", "Bookings"),
    "skip": Say("本文へ", "[本文|ほんぶん]へ", "Skip to the text"),
    "language": Say("ことば", "ことば", "Language"),
    "exit": Say("すぐに離れる", "すぐに [別|べつ]の ページへ", "Leave quickly"),
    "close": Say("終わる", "おわる", "Close"),
    "to_home": Say("はじめに戻る", "はじめに もどる", "Back to start"),
    "today": Say("今日", "[今日|きょう]", "today,"),
    "tomorrow": Say("明日", "[明日|あした]", "tomorrow,"),
    "wrong": Say("入力を直してください", "[直|なお]してください", "Please correct this"),
    "optional": Say("任意", "なくても いいです", "optional"),
    "closed_title": Say("ページを閉じました", "ページを [閉|と]じました", "This page is closed"),
    "closed_text": Say(
        "続けるときは、お持ちのリンクをもう一度開いてください。リンクが見つからないときは、いつもの連絡先にお知らせください。",
        "もう[一度|いちど] [見|み]るときは、あなたの リンクを [開|ひら]いてください。"
        "リンクが ないときは、いつもの [人|ひと]に [言|い]ってください。",
        "To go on, open your link again. If you cannot find it, tell the people you know here.",
    ),
    "fault_title": Say("このページは開けません", "この ページは [開|ひら]けません", "This page cannot be opened"),
    # the personal link
    "enter_title": Say("ご予約のページを開きます", "[予約|よやく]の ページを [開|ひら]きます", "Open your booking page"),
    "enter_own": Say("自分の電話で開く", "[自分|じぶん]の [電話|でんわ]で [開|ひら]く", "Open on my own phone"),
    "enter_shared": Say(
        "家族などと共用の電話で開く", "みんなで [使|つか]う [電話|でんわ]で [開|ひら]く", "Open on a shared phone"
    ),
    "enter_shared_help": Say(
        "共用の電話では、30分たつか、ブラウザーを閉じると終わります。何も残りません。",
        "みんなで [使|つか]う [電話|でんわ]は、30[分|ぷん]で おわります。なにも のこりません。",
        "On a shared phone it ends after 30 minutes or when the browser is closed. Nothing is kept.",
    ),
    "link_title": Say("あなた専用のリンク", "あなただけの リンク", "Your own link"),
    "link_text": Say(
        "次からは、このリンクでご予約のページが開きます。ブックマークするか、書き留めてください。"
        "ほかの人には見せないでください。ここに出るのは今だけです。",
        "つぎから、この リンクを [開|ひら]いてください。[大切|たいせつ]に してください。"
        "ほかの [人|ひと]に [見|み]せないでください。[今|いま]だけ ここに [出|で]ます。",
        "From now on this link opens your booking page. Bookmark it or write it down, and show it to nobody. It is shown only now.",
    ),
    "link_done": Say("保存しました", "わかりました", "I have saved it"),
    # registering
    "register_title": Say("はじめての登録", "はじめての [登録|とうろく]", "Register"),
    "register_text": Say(
        "お名前や住所は聞きません。あとからいつでも変えたり、消したりできます。",
        "[名前|なまえ]や [住所|じゅうしょ]は [書|か]きません。あとで かえることが できます。[消|け]すことも できます。",
        "We do not ask for your name or address. You can change or erase all of it at any time.",
    ),
    "register_button": Say("登録する", "[登録|とうろく]する", "Register"),
    "register_closed": Say("このリンクは使えません", "この リンクは [使|つか]えません", "This link does not work"),
    "f.size": Say(
        "世帯の人数（あなたも入れて）",
        "[家族|かぞく]は [何人|なんにん]ですか（あなたも [入|い]れて）",
        "People in your household, you included",
    ),
    "f.children": Say("そのうち子ども", "[子|こ]どもは [何人|なんにん]ですか", "Children among them"),
    "band.0": Say("0歳", "0[歳|さい]", "Age 0"),
    "band.1-5": Say("1～5歳", "1～5[歳|さい]", "Age 1 to 5"),
    "band.6-11": Say("6～11歳", "6～11[歳|さい]", "Age 6 to 11"),
    "band.12-17": Say("12～17歳", "12～17[歳|さい]", "Age 12 to 17"),
    "f.allergies": Say(
        "アレルギーなどで避けるもの", "[食|た]べることが できないものが ありますか", "Is there anything you must avoid eating?"
    ),
    "allergies.none": Say("ありません", "ありません", "No"),
    "allergies.listed": Say("あります（下で選ぶ）", "あります（[下|した]で えらぶ）", "Yes (tick below)"),
    "allergies.unknown": Say("あとで伝えます", "あとで [言|い]います", "I will tell you later"),
    "f.allergens": Say("避けるもの", "[食|た]べることが できないもの", "What you avoid"),
    "f.nickname": Say("呼び名", "[呼|よ]ぶときの [名前|なまえ]", "What may we call you"),
    "f.nickname_help": Say(
        "本名でなくてかまいません。", "[本当|ほんとう]の [名前|なまえ]でなくても いいです。", "It need not be your real name."
    ),
    "f.channel": Say("お知らせの受け取り方", "お[知|し]らせの [方法|ほうほう]", "How may we reach you"),
    "channel.email": Say("メール", "メール", "E-mail"),
    "channel.phone": Say("電話", "[電話|でんわ]", "Telephone"),
    "channel.none": Say("お知らせは不要", "お[知|し]らせは いりません", "No messages"),
    "f.email": Say("メールアドレス", "メールアドレス", "E-mail address"),
    "f.phone": Say("電話番号", "[電話|でんわ]の [番号|ばんごう]", "Telephone number"),
    "f.shared_phone": Say(
        "この電話はほかの人も使う", "この [電話|でんわ]は ほかの [人|ひと]も [使|つか]います", "Others use this phone too"
    ),
    # start
    "home_title": Say("ご予約", "あなたの [予約|よやく]", "Your bookings"),
    "none_yet": Say("いまのご予約はありません。", "いま、[予約|よやく]は ありません。", "You have no booking now."),
    "none_open": Say(
        "予約できる日が決まったら、ここに出ます。",
        "[予約|よやく]できる[日|ひ]が きまったら、ここに [出|で]ます。",
        "Days that can be booked will appear here.",
    ),
    "open_days": Say("予約できる日", "[予約|よやく]できる [日|ひ]", "Days that can be booked"),
    "choose": Say("時間を選ぶ", "[時間|じかん]を えらぶ", "Choose a time"),
    "opens_at": Say("{moment} から予約できます", "{moment}から [予約|よやく]できます", "Bookings open {moment}"),
    "closed_bookings": Say("予約の受付は終わりました", "[予約|よやく]は おわりました", "Bookings are closed"),
    "not_checked": Say(
        "ご利用の確認をしています。終わると予約できるようになります。",
        "[今|いま]、[確認|かくにん]しています。おわったら [予約|よやく]できます。",
        "We are confirming your registration. You can book once that is done.",
    ),
    "area": Say(
        "場所: {area}（くわしい場所は予約のあとに出ます）",
        "[場所|ばしょ]: {area}（くわしい [場所|ばしょ]は [予約|よやく]の あとで [出|で]ます）",
        "Area: {area} (the exact place is shown after booking)",
    ),
    "area_later": Say(
        "場所は予約のあとに出ます", "[場所|ばしょ]は [予約|よやく]の あとで [出|で]ます", "The place is shown after booking"
    ),
    "place_by_phone": Say(
        "受け取る場所は、電話でお伝えします。",
        "[場所|ばしょ]は [電話|でんわ]で [言|い]います。",
        "We tell you the meeting point by telephone.",
    ),
    "my_data": Say(
        "登録の内容を見る・変える", "あなたの [登録|とうろく]を [見|み]る・かえる", "See or change what you registered"
    ),
    # choosing a slot
    "day_title": Say("時間を選ぶ", "[時間|じかん]を えらぶ", "Choose a time"),
    "slot.free": Say("空きあり", "あいています", "free"),
    "slot.few": Say("残りわずか", "もうすぐ いっぱいです", "few left"),
    "slot.full": Say("満席（キャンセル待ち）", "いっぱいです（[待|ま]つことが できます）", "full (waiting list)"),
    "slot.over": Say("終わりました", "おわりました", "over"),
    "book": Say("この時間で予約する", "この [時間|じかん]で [予約|よやく]する", "Book this time"),
    "choose_one": Say("時間を1つ選んでください。", "[時間|じかん]を 1つ えらんでください。", "Choose one time."),
    # the ticket
    "ticket_title": Say("ご予約", "あなたの [予約|よやく]", "Your booking"),
    "ticket_show": Say(
        "当日、この画面を見せてください。", "その[日|ひ]に、この ページを [見|み]せてください。", "Show this page on the day."
    ),
    "ticket_code": Say("番号", "[番号|ばんごう]", "Number"),
    "ticket_qr": Say("受付で読み取るQRコード", "うけつけで [使|つか]う QRコード", "QR code for check-in"),
    "when": Say("とき", "いつ", "When"),
    "where": Say("ところ", "どこ", "Where"),
    "state.booked": Say("予約済み", "[予約|よやく]しました", "Booked"),
    "state.waiting": Say("キャンセル待ち", "[待|ま]っています", "On the waiting list"),
    "state.checked_in": Say("受付済み", "うけつけが おわりました", "Checked in"),
    "state.handed_over": Say("終わりました", "おわりました", "Done"),
    "state.no_show": Say("お越しになりませんでした", "[来|き]ませんでした", "You did not come"),
    "state.cancelled": Say("取り消しました", "やめました", "Cancelled"),
    "state.called_off": Say("中止になりました", "なくなりました", "Called off"),
    "waiting_text": Say(
        "空きが出たら順番にお知らせします。いま{turn}番目です。",
        "あいたら お[知|し]らせします。いま {turn}[番目|ばんめ]です。",
        "We will tell you when it is your turn. You are number {turn} in line.",
    ),
    "waiting_quiet": Say(
        "空きが出たら、このページで予約済みに変わります。いま{turn}番目です。",
        "あいたら、この ページが「[予約|よやく]しました」に なります。いま {turn}[番目|ばんめ]です。",
        "When it is your turn, this page will say “booked”. You are number {turn} in line.",
    ),
    "cancel": Say("予約を取り消す", "[予約|よやく]を やめる", "Cancel the booking"),
    "cancelled_text": Say(
        "取り消しました。またいつでも予約できます。",
        "[予約|よやく]を やめました。また [予約|よやく]できます。",
        "Cancelled. You are welcome to book again.",
    ),
    "book_again": Say("やはり予約する", "もう[一度|いちど] [予約|よやく]する", "Book it again after all"),
    "booked_text": Say("予約しました。", "[予約|よやく]しました。", "Booked."),
    "in_line_text": Say(
        "キャンセル待ちに入りました。", "いま いっぱいです。[順番|じゅんばん]を [待|ま]ちます。", "You are on the waiting list."
    ),
    # the session, apart
    "session_title": Say(
        "同じ日の集まり（参加は自由です）",
        "おなじ[日|ひ]の あつまり（[来|こ]なくても いいです）",
        "A get-together on the same day (you need not come)",
    ),
    "session_free": Say(
        "参加しなくても、ご予約には関係ありません。",
        "[来|こ]なくても、[予約|よやく]は なくなりません。",
        "Your booking does not depend on it.",
    ),
    "session_theme": Say("話題: {theme}", "[話|はな]すこと: {theme}", "We talk about: {theme}"),
    "session_join": Say("参加を申し込む", "[行|い]きます", "I will come"),
    "session_leave": Say("参加をやめる", "[行|い]くのを やめる", "I will not come after all"),
    "session_change": Say("託児の人数を変える", "[子|こ]どもの [数|かず]を かえる", "Change childcare"),
    "session.in": Say("参加できます", "[行|い]くことが できます", "You have a place"),
    "session.waiting": Say("参加はキャンセル待ちです", "いっぱいです。[待|ま]っています", "You are on the waiting list"),
    "childcare.in": Say("託児{n}人をお預かりします", "[子|こ]ども {n}[人|にん]を あずかります", "Childcare for {n}: yes"),
    "childcare.waiting": Say(
        "託児{n}人はキャンセル待ちです", "[子|こ]ども {n}[人|にん]は [待|ま]っています", "Childcare for {n}: on the waiting list"
    ),
    "f.childcare": Say("そのあいだ預ける子ども（人）", "あずける [子|こ]どもの [数|かず]", "Children for childcare"),
    "session_left": Say("参加を取りやめました。", "[行|い]くのを やめました。", "You will not come to the get-together."),
    "session_saved": Say("申し込みを受け付けました。", "わかりました。", "Noted."),
    # feedback
    "feedback_ask": Say("2つだけ教えてください", "2つ [教|おし]えてください", "Two questions"),
    "feedback_anonymous": Say(
        "だれの答えかは残りません。", "だれの [答|こた]えか わかりません。", "Nobody can see whose answer it is."
    ),
    "f.connected": Say("人とのつながりを感じましたか", "[人|ひと]と つながったと [思|おも]いましたか", "Did you feel connected?"),
    "connected.5": Say("とても", "とても", "Very much"),
    "connected.4": Say("まあまあ", "すこし", "Somewhat"),
    "connected.3": Say("どちらともいえない", "どちらでも ないです", "Neither"),
    "connected.2": Say("あまり", "あまり", "Not much"),
    "connected.1": Say("まったく", "ぜんぜん", "Not at all"),
    "f.wish": Say("次はどうしたいですか", "つぎは どうしたいですか", "What next?"),
    "wish.come_again": Say("また来たい", "また [来|き]たいです", "Come again"),
    "wish.talk": Say("集まりで話したい", "みんなと [話|はな]したいです", "Talk with others"),
    "wish.help": Say("手伝ってみたい", "てつだいたいです", "Help here"),
    "wish.ask": Say("だれかに聞きたいことがある", "だれかに [聞|き]きたいことが あります", "Ask somebody something"),
    "send": Say("送る", "おくる", "Send"),
    "thanks": Say("ありがとうございました。", "ありがとうございました。", "Thank you."),
    # my data
    "data_title": Say("登録の内容", "あなたの [登録|とうろく]", "What you registered"),
    "save": Say("保存する", "[保存|ほぞん]する", "Save"),
    "saved": Say("保存しました。", "[保存|ほぞん]しました。", "Saved."),
    "contact_title": Say("連絡先", "[連絡|れんらく]する ところ", "How to reach you"),
    "forget_title": Say("登録を消す", "[登録|とうろく]を [消|け]す", "Erase my registration"),
    "forget_text": Say(
        "連絡先とアレルギーを消し、予約を取り消し、リンクを使えなくします。元には戻せません。",
        "[連絡|れんらく]する ところを [消|け]します。[予約|よやく]を やめます。リンクは [使|つか]えなくなります。"
        "もとに もどせません。",
        "This erases how to reach you and what you avoid, cancels your bookings and ends your link. It cannot be undone.",
    ),
    "forget_sure": Say("はい、消します", "はい、[消|け]します", "Yes, erase it"),
    "forget_button": Say("登録を消す", "[登録|とうろく]を [消|け]す", "Erase"),
    "forgotten_text": Say(
        "登録を消しました。ご利用ありがとうございました。",
        "[登録|とうろく]を [消|け]しました。ありがとうございました。",
        "Your registration is erased. Thank you.",
    ),
    # refusals
    "no.booking.one_a_day": Say(
        "この日はもう予約があります。時間を変えるときは、先にいまの予約を取り消してください。",
        "この[日|ひ]は もう [予約|よやく]が あります。かえるときは、[先|さき]に [今|いま]の [予約|よやく]を やめてください。",
        "You have a booking on that day already. Cancel it first to choose another time.",
    ),
    "no.booking.over": Say(
        "この時間は終わりました。ほかの時間を選んでください。",
        "この[時間|じかん]は おわりました。ほかの [時間|じかん]を えらんでください。",
        "This time is over. Choose another.",
    ),
    "no.booking.called_off": Say("この日は中止になりました。", "この[日|ひ]は なくなりました。", "This day has been called off."),
    "no.booking.not_open": Say(
        "いまは予約の受付時間ではありません。", "[今|いま]は [予約|よやく]できません。", "Bookings are not open at the moment."
    ),
    "no.booking.not_checked": Say(
        "ご利用の確認がまだです。登録のときの窓口にお知らせください。",
        "[確認|かくにん]が まだです。[登録|とうろく]した ところに [言|い]ってください。",
        "We have not confirmed your registration yet. Please tell the office where you registered.",
    ),
    "no.booking.closed": Say(
        "この予約はもう変えられません。", "この [予約|よやく]は もう かえられません。", "This booking can no longer be changed."
    ),
    "no.session.over": Say("この集まりは終わりました。", "この あつまりは おわりました。", "This get-together is over."),
    "no.session.called_off": Say("この日は中止になりました。", "この[日|ひ]は なくなりました。", "This day has been called off."),
    "no.session.children": Say(
        "託児の人数は0～10です。", "[子|こ]どもの [数|かず]は 0～10です。", "Childcare is for 0 to 10 children."
    ),
    "no.registration_link.closed": Say(
        "このリンクの受付は終わりました。配った人にお知らせください。",
        "この リンクは おわりました。くれた [人|ひと]に [言|い]ってください。",
        "This link is closed. Tell whoever gave it to you.",
    ),
    "no.registration_link.done": Say(
        "この登録は済んでいます。個人用リンクを開いてください。なくしたときは、登録した窓口にお知らせください。",
        "もう [登録|とうろく]しました。あなたの リンクを あけてください。ないときは、[登録|とうろく]した ところに [言|い]ってください。",
        "You have registered already. Open your personal link; if you lost it, tell the office where you registered.",
    ),
    "no.household.refused.size": Say(
        "人数を確かめてください（1～30人。子どもはその中に入れます）。",
        "[人数|にんずう]を [見|み]てください（1～30）。",
        "Check the number of people (1 to 30; children are among them).",
    ),
    "no.household.refused.allergens": Say("避けるものを1つ以上選んでください。", "1つ えらんでください。", "Tick at least one."),
    "no.household.refused.allergies": Say(
        "避けるものを選んだときは「あります」にしてください。",
        "えらんだときは「あります」に してください。",
        "Choose “yes” when you tick some.",
    ),
    "no.household.refused.email": Say(
        "メールアドレスを確かめてください。", "メールアドレスを [見|み]てください。", "Check the e-mail address."
    ),
    "no.household.refused.phone": Say(
        "電話番号を確かめてください。", "[電話|でんわ]の [番号|ばんごう]を [見|み]てください。", "Check the telephone number."
    ),
    "no.household.refused.nickname": Say(
        "呼び名は40文字までです。", "[名前|なまえ]は 40[文字|もじ]までです。", "At most 40 characters."
    ),
    "no.required": Say("選ぶか、入力してください。", "えらんでください。", "Please fill this in."),
    "no.number": Say(
        "0～30の数字で入力してください。", "0～30の [数字|すうじ]を [書|か]いてください。", "Enter a number from 0 to 30."
    ),
    "no.feedback.not_yet": Say(
        "受け取りのあとに答えてください。", "おわってから [答|こた]えてください。", "Please answer after the pickup."
    ),
}

ALLERGEN_READINGS = {
    "小麦": "[小麦|こむぎ]",
    "卵": "[卵|たまご]",
    "乳": "[乳|にゅう]（ぎゅうにゅう など）",
    "落花生": "[落花生|らっかせい]（ピーナッツ）",
    "牛肉": "[牛肉|ぎゅうにく]",
    "大豆": "[大豆|だいず]",
    "鶏肉": "[鶏肉|とりにく]",
    "豚肉": "[豚肉|ぶたにく]",
}
