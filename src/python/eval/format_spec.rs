//! Format specifications: how `format` aligns, pads and groups what it writes.

/// A format specification: `[[fill]align][sign][0][width][,][.precision][type]`.
#[derive(Clone, Copy, Default)]
pub(super) struct Spec {
    pub fill: char,
    pub align: Option<char>,
    pub plus: bool,
    pub width: usize,
    pub grouping: Option<char>,
    pub precision: Option<usize>,
    pub kind: Option<char>,
}

impl Spec {
    pub fn parse(text: &str) -> Option<Self> {
        let mut spec = Self { fill: ' ', ..Self::default() };
        let parts: Vec<char> = text.chars().collect();
        let is_align = |part: Option<&char>| part.is_some_and(|part| matches!(part, '<' | '>' | '^' | '='));
        let mut at = 0;
        if is_align(parts.get(1)) {
            spec.fill = parts[0];
            spec.align = Some(parts[1]);
            at = 2;
        } else if is_align(parts.first()) {
            spec.align = Some(parts[0]);
            at = 1;
        }
        if let Some('+' | '-' | ' ') = parts.get(at) {
            spec.plus = parts[at] == '+';
            at += 1;
        }
        if parts.get(at) == Some(&'#') {
            at += 1;
        }
        if parts.get(at) == Some(&'0') {
            if spec.align.is_none() {
                spec.fill = '0';
                spec.align = Some('=');
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let from = *at;
            while parts.get(*at).is_some_and(char::is_ascii_digit) {
                *at += 1;
            }
            parts[from..*at].iter().collect::<String>().parse::<usize>().ok()
        };
        spec.width = number(&mut at).unwrap_or(0);
        if let Some(mark @ (',' | '_')) = parts.get(at) {
            spec.grouping = Some(*mark);
            at += 1;
        }
        if parts.get(at) == Some(&'.') {
            at += 1;
            spec.precision = Some(number(&mut at)?);
        }
        spec.kind = parts.get(at).copied();
        (at + 1 >= parts.len()).then_some(spec)
    }

    pub fn grouped(self, digits: &str) -> String {
        let Some(mark) = self.grouping else { return digits.to_owned() };
        let (whole, rest) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        match rest {
            Some(rest) => format!("{sign}{grouped}.{rest}"),
            None => format!("{sign}{grouped}"),
        }
    }

    pub fn pad(self, body: &str, numeric: bool) -> String {
        let body = if self.plus && numeric && !body.starts_with('-') { format!("+{body}") } else { body.to_owned() };
        let length = body.chars().count();
        let missing = self.width.saturating_sub(length);
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align.unwrap_or(if numeric { '>' } else { '<' }) {
            '<' => body + &fill(missing),
            '^' => fill(missing / 2) + &body + &fill(missing - missing / 2),
            '=' => match body.strip_prefix(['-', '+']) {
                Some(digits) => format!("{}{}{digits}", &body[..1], fill(missing)),
                None => fill(missing) + &body,
            },
            _ => fill(missing) + &body,
        }
    }
}
