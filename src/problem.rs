//! Every way to fail: a closed catalogue, RFC 9457 bodies, Vietnamese and English.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use utoipa::openapi::schema::{Object, Type};

use crate::domain::books::posting::Unbalanced;
use crate::domain::values::language::{Language, Text};
use crate::ledger::{NamedTill, PostError};

/// One field that is wrong: a JSON pointer into the request and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901), such as `/lines/0/amount`.
    pub pointer: String,
    /// What is wrong.
    pub detail: Text,
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $kind:ident $slug:literal $status:ident $vi:literal $en:literal => $todo_vi:literal $todo_en:literal;)+) => {
        /// The closed catalogue. A new way to fail is a new line here, and nowhere else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)+ }

        impl Kind {
            /// All of them, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Slug of the type URI, HTTP status, title, what to do next.
            pub const fn parts(self) -> (&'static str, StatusCode, Text, Text) {
                match self {
                    $(Self::$kind => ($slug, StatusCode::$status, Text::fixed($vi, $en), Text::fixed($todo_vi, $todo_en)),)+
                }
            }
        }
    };
}

catalogue! {
    /// The request is not readable: JSON, UTF-8, path, query or header.
    MalformedRequest "malformed-request" BAD_REQUEST "Yêu cầu không đọc được" "The request cannot be read"
        => "Sửa yêu cầu theo chi tiết bên dưới rồi gửi lại." "Mend the request as the detail says and send it again.";
    /// Readable, but a field is wrong.
    InvalidField "invalid-field" UNPROCESSABLE_ENTITY "Có trường dữ liệu chưa đúng" "A field is not right"
        => "Sửa các trường nêu trong errors rồi gửi lại." "Mend the fields named in errors and send again.";
    /// A POST that records money came without `Idempotency-Key`.
    KeyRequired "idempotency-key-required" BAD_REQUEST "Thiếu Idempotency-Key" "Idempotency-Key is missing"
        => "Gửi kèm tiêu đề Idempotency-Key, mỗi nghiệp vụ một khóa riêng (8–100 ký tự)." "Send the header Idempotency-Key, one key per transaction (8 to 100 characters).";
    /// The same key came with another request.
    KeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY "Khóa đã dùng cho yêu cầu khác" "The key was used for another request"
        => "Dùng khóa mới cho nghiệp vụ mới; giữ nguyên nội dung khi gửi lại." "Use a new key for a new transaction; send the same content when you repeat one.";
    /// The same key is being worked on right now.
    StillRunning "still-running" CONFLICT "Yêu cầu này đang được xử lý" "This request is still being worked on"
        => "Chờ vài giây rồi gửi lại đúng yêu cầu ấy với cùng khóa." "Wait a few seconds and send the very same request with the same key.";
    /// Nobody is logged in, or the token is no longer good.
    NotLoggedIn "not-logged-in" UNAUTHORIZED "Chưa đăng nhập" "Not logged in"
        => "Đăng nhập tại POST /v1/sessions hoặc làm mới mã truy cập." "Log in at POST /v1/sessions or refresh the access token.";
    /// Login name or password is wrong.
    WrongPassword "wrong-password" UNAUTHORIZED "Tên đăng nhập hoặc mật khẩu không đúng" "Login or password is wrong"
        => "Kiểm tra lại; sau nhiều lần sai tài khoản bị khóa tạm." "Check them; after several failures the account is locked for a while.";
    /// Too many wrong passwords.
    AccountLocked "account-locked" TOO_MANY_REQUESTS "Tài khoản đang bị khóa tạm" "The account is locked for a while"
        => "Chờ hết thời gian ghi ở Retry-After, hoặc nhờ quản trị viên." "Wait for the time in Retry-After, or ask the administrator.";
    /// A first password, made by another person, is to be replaced before anything else.
    PasswordDue "password-change-required" FORBIDDEN "Phải đổi mật khẩu trước" "The password must be changed first"
        => "Đặt mật khẩu mới tại POST /v1/me/password rồi làm tiếp." "Set a new password at POST /v1/me/password, then go on.";
    /// A refresh token that was already spent came again: its whole family is revoked.
    TokenReused "token-reused" UNAUTHORIZED "Mã làm mới đã được dùng" "The refresh token was already used"
        => "Vì an toàn, mọi phiên của chuỗi này đã bị đóng; hãy đăng nhập lại." "For safety all sessions of this chain were closed; log in again.";
    /// The role is missing at this unit.
    Forbidden "forbidden" FORBIDDEN "Không có quyền làm việc này" "You may not do this"
        => "Nhờ quản trị viên của đơn vị cấp vai trò cần thiết." "Ask the unit's administrator for the role.";
    /// It does not exist, or the caller may not know that it does.
    NotFound "not-found" NOT_FOUND "Không tìm thấy" "Not found"
        => "Kiểm tra lại đường dẫn và mã." "Check the address and the id.";
    /// The method is not offered at this address.
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "Địa chỉ này không nhận phương thức ấy" "This address does not take that method"
        => "Xem các phương thức được nhận tại /docs." "See /docs for the methods it takes.";
    /// The body is larger than allowed.
    TooLarge "too-large" PAYLOAD_TOO_LARGE "Nội dung gửi quá lớn" "The body is too large"
        => "Giảm dung lượng (ảnh nhỏ hơn) hoặc chia nhỏ rồi gửi lại." "Make it smaller (a smaller picture), or send it in pieces.";
    /// The body is not of the type the address takes.
    UnsupportedType "unsupported-type" UNSUPPORTED_MEDIA_TYPE "Kiểu nội dung không được nhận" "The content type is not taken"
        => "Gửi nội dung thuộc kiểu mà địa chỉ này nhận, và ghi đúng kiểu ấy ở Content-Type." "Send a type that this address takes, and name it rightly in Content-Type.";
    /// Too many requests.
    TooMany "too-many-requests" TOO_MANY_REQUESTS "Gửi quá nhiều yêu cầu" "Too many requests"
        => "Chờ theo Retry-After rồi gửi lại." "Wait as Retry-After says and send again.";
    /// Something with this name or number exists already.
    AlreadyExists "already-exists" CONFLICT "Đã có rồi" "It exists already"
        => "Dùng mã khác, hoặc xem bản đã có." "Use another code, or look at the one that exists.";
    /// The row changed since the caller read it.
    Changed "changed-meanwhile" PRECONDITION_FAILED "Dữ liệu đã được người khác sửa" "Somebody else changed it meanwhile"
        => "Đọc lại bản mới rồi sửa tiếp." "Read it again and make your change on the new version.";
    /// `If-Match` is missing on a change.
    MatchRequired "if-match-required" PRECONDITION_REQUIRED "Thiếu If-Match" "If-Match is missing"
        => "Gửi kèm If-Match với ETag vừa đọc." "Send If-Match with the ETag you read.";
    /// The step is not possible in the present state.
    WrongState "wrong-state" CONFLICT "Chưa (hoặc không còn) làm được bước này" "This step is not possible now"
        => "Xem trạng thái hiện tại rồi làm đúng trình tự." "Look at the present state and take the steps in order.";
    /// A second person is needed and it is the same one.
    SamePerson "same-person" CONFLICT "Người lập không được tự duyệt" "The maker may not approve"
        => "Nhờ người có vai trò phê duyệt khác." "Ask another person who may approve.";
    /// Two duties that one person may not hold.
    ConflictingDuties "conflicting-duties" CONFLICT "Một người không được giữ cả hai nhiệm vụ này" "One person may not hold both duties"
        => "Giao một trong hai vai trò cho người khác, hoặc thu hồi vai trò kia trước." "Give one of the roles to somebody else, or take the other one back first.";
    /// The household may not be supported on that day.
    NotEligible "not-eligible" CONFLICT "Hộ chưa đủ điều kiện" "The household is not eligible"
        => "Kiểm tra quyết định phân loại hộ có hiệu lực vào ngày ấy." "Check the decision on the household's class in force on that day.";
    /// No meeting carried the request.
    NotVoted "not-voted" CONFLICT "Đề nghị chưa được bình xét đồng ý" "The request was not carried by a vote"
        => "Họp bình xét, ghi biên bản với số phiếu, rồi trình duyệt." "Hold a meeting, record its minutes with the votes, then ask for approval.";
    /// Two programmes would support the same household for the same thing.
    DuplicateSupport "duplicate-support" CONFLICT "Hộ đang được hỗ trợ cùng nội dung" "The household already has support of this kind"
        => "Mỗi hộ chỉ nhận một khoản hỗ trợ cho cùng nội dung; kết thúc khoản cũ trước." "A household gets one support for one purpose; finish the earlier one first.";
    /// More than a cap allows.
    AboveCap "above-cap" CONFLICT "Vượt mức cho phép" "Above the cap"
        => "Giảm số tiền hoặc thời hạn theo mức trần nêu trong chi tiết." "Lower the amount or the term to the cap in the detail.";
    /// The source does not allow this purpose, or may not be used again.
    SourceRestricted "source-restricted" CONFLICT "Nguồn vốn không được dùng cho việc này" "The source may not be used for this"
        => "Chọn nguồn vốn khác phù hợp mục đích." "Choose another source that allows it.";
    /// The source has not enough money.
    SourceShort "source-short" CONFLICT "Nguồn vốn không đủ tiền" "The source has not enough money"
        => "Giảm số tiền, chọn nguồn khác hoặc chờ thu hồi." "Lower the amount, choose another source or wait for recoveries.";
    /// A cash box or a bank account has not enough money.
    TillShort "till-short" CONFLICT "Quỹ tiền mặt hoặc tài khoản tiền gửi không đủ tiền" "The cash box or bank account has not enough money"
        => "Chuyển tiền vào trước, chi từ nơi còn tiền, hoặc sửa lại ngày." "Bring money there first, pay from where there is some, or mend the day.";
    /// The books are closed on that day.
    PeriodClosed "period-closed" CONFLICT "Kỳ kế toán đã khóa" "The period is closed"
        => "Ghi vào kỳ đang mở, ghi rõ ngày gốc trong diễn giải; hoặc xin mở lại kỳ." "Post in the open period and name the original day; or ask to reopen the period.";
    /// The journal does not balance in each source.
    Unbalanced "unbalanced" CONFLICT "Bút toán không cân" "The journal does not balance"
        => "Kiểm tra tổng Nợ bằng tổng Có trong từng nguồn vốn." "Check that debits equal credits in each source.";
    /// An account or source that takes no lines.
    UnknownAccount "unknown-account" CONFLICT "Tài khoản hoặc nguồn vốn không dùng được" "An account or source cannot be used"
        => "Chọn tài khoản chi tiết và nguồn vốn đang có của đơn vị." "Choose a detail account and a source of the unit.";
    /// The journal was reversed before.
    AlreadyReversed "already-reversed" CONFLICT "Bút toán đã được đảo" "The journal was reversed already"
        => "Xem bút toán đảo đã có; mỗi bút toán chỉ đảo một lần." "See the reversal that exists; a journal is reversed once.";
    /// More was brought than can be taken.
    Overpaid "overpaid" CONFLICT "Số tiền vượt số còn phải thu" "More than is owed"
        => "Giảm số tiền, hoặc cho phép ghi nhận tiền nộp thừa." "Lower the amount, or allow the surplus to be kept for the household.";
    /// A deadlock or a serialization failure: safe to send again.
    TryAgain "try-again" SERVICE_UNAVAILABLE "Máy chủ đang bận" "The server is busy"
        => "Gửi lại đúng yêu cầu ấy với cùng khóa sau vài giây." "Send the very same request with the same key in a few seconds.";
    /// It took too long.
    TimedOut "timed-out" GATEWAY_TIMEOUT "Xử lý quá lâu" "It took too long"
        => "Gửi lại với cùng khóa; nếu đã ghi thì sẽ nhận lại kết quả cũ." "Send it again with the same key; if it was recorded you get the same answer.";
    /// A fault of ours.
    Internal "internal" INTERNAL_SERVER_ERROR "Lỗi của máy chủ" "A fault of the server"
        => "Báo cho người quản trị kèm mã yêu cầu (instance)." "Tell the administrator the request id (instance).";
}

/// A refusal on its way to the caller. The language is chosen at the edge (`http::render`).
#[derive(Debug)]
pub struct Problem {
    /// Which line of the catalogue.
    pub kind: Kind,
    /// What happened this time.
    pub detail: Option<Text>,
    /// Wrong fields.
    pub fields: Vec<FieldError>,
    /// Seconds to wait before trying again.
    pub retry_after: Option<u64>,
    /// What went wrong inside: logged, never sent.
    pub cause: Option<anyhow::Error>,
}

impl Kind {
    /// A problem of this kind with nothing more to say.
    pub const fn bare(self) -> Problem {
        Problem { kind: self, detail: None, fields: Vec::new(), retry_after: None, cause: None }
    }

    /// A problem of this kind that says what happened.
    pub fn saying(self, detail: Text) -> Problem {
        Problem { detail: Some(detail), ..self.bare() }
    }
}

impl Problem {
    /// One wrong field.
    pub fn field(pointer: impl Into<String>, detail: Text) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), detail }])
    }

    /// Several wrong fields.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Kind::InvalidField.bare() }
    }

    /// A fault of ours with its cause.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self { cause: Some(cause.into()), ..Kind::Internal.bare() }
    }

    /// The same, to be tried again after some seconds.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The body in a language (RFC 9457), `instance` being the request id.
    pub fn body(&self, language: Language, instance: &str) -> serde_json::Value {
        let (slug, status, title, next) = self.kind.parts();
        let mut body = serde_json::json!({
            "type": format!("/problems/{slug}"),
            "code": slug,
            "title": title.in_language(language),
            "status": status.as_u16(),
            "next": next.in_language(language),
            "instance": instance,
        });
        if let Some(detail) = &self.detail {
            body["detail"] = detail.in_language(language).into();
        }
        if !self.fields.is_empty() {
            let field = |f: &FieldError| serde_json::json!({"pointer": f.pointer, "detail": f.detail.in_language(language)});
            body["errors"] = self.fields.iter().map(field).collect();
        }
        body
    }
}

impl IntoResponse for Problem {
    /// Status only; the edge writes the body in the language of the request.
    fn into_response(self) -> Response {
        let mut response = self.kind.parts().1.into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

impl From<sqlx::Error> for Problem {
    /// What a database says that no statement expected: try again, or a fault of ours.
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        let kind = match (&error, code.as_deref()) {
            (_, Some("40001" | "40P01" | "55P03" | "53300")) | (sqlx::Error::PoolTimedOut, _) => {
                Kind::TryAgain
            }
            // The database went away, and may be back already: it stops, has crashed, starts, or hung up.
            (_, Some("57P01" | "57P02" | "57P03" | "25P03")) | (sqlx::Error::Io(_), _) => Kind::TryAgain,
            (_, Some("57014")) => Kind::TimedOut,
            (_, Some("SQ410")) => Kind::ConflictingDuties,
            (_, Some("22003")) => return beyond_the_books(),
            // The caller's: a text with a NUL character or not UTF-8, a day outside the calendar of the database.
            (_, Some(code @ ("22021" | "22P05" | "22007" | "22008" | "22009"))) => return unreadable(code),
            _ => Kind::Internal,
        };
        let retry_after = (kind == Kind::TryAgain).then_some(1);
        Self { cause: Some(error.into()), retry_after, ..kind.bare() }
    }
}

/// A sum that no longer fits into a column of the books, of which each amount did.
fn beyond_the_books() -> Problem {
    Kind::AboveCap.saying(crate::text!(
        "Cộng thêm số tiền này thì vượt quá số lớn nhất mà sổ ghi được (18 chữ số).",
        "With this amount a sum is beyond what the books hold (18 digits)."
    ))
}

/// What the database cannot read. Its own words quote the value, which may be a person's name: only the code is kept.
fn unreadable(code: &str) -> Problem {
    Problem { cause: Some(anyhow::anyhow!("SQLSTATE {code}")), ..Kind::MalformedRequest.bare() }
}

/// Why a till is not closed or opened again now.
fn till_stays(why: &str) -> Problem {
    let (what, rest) = why.split_once(' ').unwrap_or((why, ""));
    Kind::WrongState.saying(match what {
        "holds" => {
            let holds: rust_decimal::Decimal = rest.parse().unwrap_or_default();
            crate::text!(
                "Còn {holds} đồng: hãy chuyển hết sang nơi khác rồi đóng.",
                "It still holds {holds} đồng: transfer it, then close.";
                holds
            )
        }
        "used" => {
            let day: chrono::NaiveDate = rest.parse().unwrap_or_default();
            crate::text!(
                "Còn phát sinh ngày {day}: ngày cuối không được trước ngày ấy.",
                "It was used on {day}: its last day is not before that.";
                day
            )
        }
        "first" => crate::text!(
            "Đây là nơi mặc định: hãy chọn nơi mặc định khác trước (PATCH …/tills/…, is_default).",
            "It is the first choice: make another one that first (PATCH …/tills/…, is_default)."
        ),
        "chart" => crate::text!(
            "Đây là tài khoản của hệ thống tài khoản, không sửa được ở đây.",
            "It is an account of the chart and is not changed here."
        ),
        _ => crate::text!("Đã đóng hoặc đang mở rồi.", "It is closed, or open, already."),
    })
}

fn till_short(till: &NamedTill, balance: Decimal, on: NaiveDate) -> Problem {
    let NamedTill { till, name, account } = till;
    Kind::TillShort.saying(crate::text!(
        "{name} ({till}, tài khoản {account}) sẽ còn {balance} đồng vào ngày {on}.",
        "{name} ({till}, account {account}) would stand at {balance} đồng on {on}.";
        balance, on
    ))
}

fn source_out_of_till((till, source): (&NamedTill, &str), missing: Decimal, on: NaiveDate) -> Problem {
    let NamedTill { till, name, account } = till;
    Kind::TillShort.saying(crate::text!(
        "Tiền của nguồn vốn {source} tại {name} ({till}, tài khoản {account}) thiếu {missing} đồng vào ngày {on}: hãy chuyển ít hơn, \
         lấy của nguồn vốn khác có tiền tại đó, hoặc chuyển tiền của nguồn này vào đó trước.",
        "{name} ({till}, account {account}) lacks {missing} đồng of source {source} on {on}: move less, take it from another source \
         with money there, or bring money of this source there first.";
        missing, on
    ))
}

fn till_closed(till: &NamedTill, last_day: NaiveDate) -> Problem {
    let NamedTill { till, name, .. } = till;
    Kind::WrongState.saying(crate::text!(
        "{name} ({till}) đã đóng, ngày cuối là {last_day}: không ghi thêm, kể cả ghi lùi ngày; hãy mở lại (POST …/tills/{till}/reopening) rồi ghi.",
        "{name} ({till}) is closed, its last day was {last_day}: it takes nothing more, of no day; open it again (POST …/tills/{till}/reopening) first.";
        last_day
    ))
}

impl From<PostError> for Problem {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Closed { open_from } => {
                Kind::PeriodClosed.saying(crate::text!("Sổ mở từ ngày {open_from}.", "The books are open from {open_from} on."; open_from))
            }
            PostError::Short { of, balance, on } => Kind::SourceShort.saying(crate::text!("Nguồn vốn {of} sẽ còn {balance} đồng vào ngày {on}.", "Source {of} would stand at {balance} đồng on {on}."; balance, on)),
            PostError::HeldForOthers { of, balance, on, held } => Kind::SourceShort.saying(crate::text!("Nguồn vốn {of} sẽ còn {balance} đồng vào ngày {on}, mà {held} đồng là tiền của người khác (tiết kiệm của tổ viên, tiền nộp thừa): hãy chi ít hơn hoặc nhận thêm vốn.", "Source {of} would stand at {balance} đồng on {on}, and {held} đồng are others' money (members' savings, what was paid too much): pay out less, or take in capital first."; balance, on, held)),
            PostError::SavingsShort { of, balance, on } => Kind::SourceShort.saying(crate::text!("Tiền tiết kiệm của tổ viên đang giữ ở nguồn vốn {of} sẽ còn {balance} đồng vào ngày {on}: chỉ nộp số đã thu.", "Savings held with source {of} would stand at {balance} đồng on {on}: hand over only what was collected."; balance, on)),
            PostError::TillShort { till, balance, on } => till_short(&till, balance, on),
            PostError::SourceOutOfTill { till, source_named, balance, on } => source_out_of_till((&till, &source_named), -balance, on),
            PostError::TillClosed { till, last_day } => till_closed(&till, last_day),
            PostError::NoBook => {
                Kind::WrongState.saying(crate::text!("Đơn vị chưa mở sổ.", "The unit has not opened its book."))
            }
            PostError::OfReversal => Kind::WrongState.saying(crate::text!(
                "Bút toán đảo không được đảo lại; nếu bút toán gốc vốn đúng, hãy ghi mới.",
                "A reversal is not reversed; if the first journal was right after all, post it anew."
            )),
            PostError::NotTheOwner { kind } => Kind::WrongState.saying(crate::text!(
                "Bút toán loại {kind} chỉ được đảo ở nghiệp vụ đã ghi nó.",
                "A journal of kind {kind} is reversed only where it was made."
            )),
            PostError::BeforeItsJournal { on } => Kind::WrongState.saying(crate::text!("Bút toán đảo không được trước ngày {on} của bút toán gốc.", "A reversal does not count before {on}, the day of its journal."; on)),
            PostError::TakesLines => Kind::WrongState.saying(crate::text!(
                "Tài khoản này đã có phát sinh hoặc được dùng trong định khoản tự động, không mở chi tiết bên dưới được.",
                "The account has lines or a part in the recipes; no detail account can be opened below it."
            )),
            PostError::SubjectMissing { account } => Kind::WrongState.saying(crate::text!(
                "Tài khoản {account} theo dõi từng hợp đồng: chỉ ghi qua nghiệp vụ của hợp đồng.",
                "Account {account} is kept by contract: it takes lines only from what happens to one."
            )),
            PostError::Summed { account } => Kind::WrongState.saying(crate::text!(
                "Tài khoản {account} là số tổng của các khoản vay: lãi dự thu, lãi chưa thu và dự phòng do khóa ngày của khoản vay \
                 ghi; thu nợ, xử lý nợ và xóa nợ ghi tại chính khoản vay.",
                "Account {account} is a sum over loans: the close of their day books interest and provisions; payments, \
                 measures and write-offs are entered at the loan itself."
            )),
            PostError::TillSplit { account } => Kind::WrongState.saying(crate::text!(
                "Tài khoản {account} đã tách thành từng quỹ, từng tài khoản ngân hàng: chỉ chi hoặc chuyển số tiền còn lại ở đó; hãy thu vào quỹ hoặc tài khoản chi tiết.",
                "Account {account} was split into its boxes or accounts: it only gives away what it holds; bring the money into one of them."
            )),
            PostError::NoSuchTill { till } => Kind::UnknownAccount.saying(crate::text!(
                "Vào ngày này đơn vị không có quỹ tiền mặt hoặc tài khoản ngân hàng {till}: xem danh sách tại GET …/tills.",
                "On that day the unit has no cash box or bank account {till}: see GET …/tills."
            )),
            PostError::TillStays { why } => till_stays(&why),
            PostError::NotYet => {
                Kind::WrongState.saying(crate::text!("Ngày ghi sổ chưa đến.", "The day of the journal has not come."))
            }
            PostError::Unbalanced => Kind::Unbalanced.saying(crate::text!(
                "Nợ và Có phải bằng nhau trong từng nguồn vốn, tài khoản ngoài bảng tính riêng.",
                "Debits equal credits in each source, those off the balance sheet by themselves."
            )),
            PostError::UnknownAccount => Kind::UnknownAccount.bare(),
            PostError::UnknownJournal => Kind::NotFound.bare(),
            PostError::AlreadyReversed => Kind::AlreadyReversed.bare(),
            PostError::PeriodOrder { open_from } => {
                Kind::WrongState.saying(crate::text!("Sổ đang mở từ ngày {open_from}.", "The books are open from {open_from} on."; open_from))
            }
            PostError::Database(error) => error.into(),
        }
    }
}

impl From<Unbalanced> for Problem {
    /// A recipe that does not balance is a fault of ours.
    fn from(error: Unbalanced) -> Self {
        Self::internal(error)
    }
}

/// The body of every refusal, for the API document.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Stable code; `GET /problems` lists them all.
    #[schema(schema_with = codes)]
    pub code: String,
    /// What kind of refusal, in the caller's language.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: Option<String>,
    /// What to do next.
    pub next: String,
    /// Request id, for the logs.
    pub instance: String,
    /// Wrong fields, with JSON pointers.
    pub errors: Option<Vec<FieldBody>>,
}

fn codes() -> Object {
    let slugs = Kind::ALL.iter().map(|kind| kind.parts().0);
    Object::builder().schema_type(Type::String).enum_values(Some(slugs)).build()
}

/// A wrong field, for the API document.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct FieldBody {
    /// JSON pointer into the request.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}
