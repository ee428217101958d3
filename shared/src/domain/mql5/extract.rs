//! One code block out of the prose around it.

use super::{Finding, rules::entry_point, token::tokens};

/// A fenced block of Markdown: what stands between two fences.
struct Block {
    first_line: u32,
    text: String,
    closed: bool,
}

/// The one block that is a program; an answer without fences is taken whole.
pub fn extract(answer: &str) -> Result<String, Finding> {
    let answer = answer.trim_start_matches('\u{feff}');
    let blocks = blocks(answer);
    if blocks.is_empty() {
        return Ok(format!("{}\n", answer.trim()));
    }
    if let Some(open) = blocks.iter().find(|block| !block.closed) {
        return Err(finding(
            "unfinished_code_block",
            open.first_line,
            "the answer ends within its code; ask again, perhaps for something smaller",
        ));
    }
    let mut programs = blocks
        .iter()
        .filter(|block| blocks.len() == 1 || entry_point(&tokens(&block.text)).is_some());
    match (programs.next(), programs.next()) {
        (Some(program), None) => Ok(program.text.clone()),
        (None, _) => Err(finding(
            "no_entry_point",
            blocks[0].first_line,
            "none of the answer's code blocks has OnTick or OnStart",
        )),
        (Some(_), Some(second)) => Err(finding(
            "several_programs",
            second.first_line,
            "the answer has more than one program; ask for a single file",
        )),
    }
}

fn blocks(answer: &str) -> Vec<Block> {
    let mut blocks = Vec::<Block>::new();
    let mut fence: Option<&str> = None;
    for (line, number) in answer.lines().zip(1..) {
        let marks = marks(line);
        match (fence, blocks.last_mut()) {
            // A fence is closed by one of its own kind, at least as long, with nothing behind it.
            (Some(opening), Some(block)) if marks.starts_with(opening) && line.trim() == marks => {
                block.closed = true;
                fence = None;
            }
            (Some(_), Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            _ if !marks.is_empty() => {
                fence = Some(marks);
                blocks.push(Block {
                    first_line: number,
                    text: String::new(),
                    closed: false,
                });
            }
            _ => {}
        }
    }
    blocks
}

/// The fence a line begins with: three or more backticks or tildes.
fn marks(line: &str) -> &str {
    let line = line.trim_start();
    let length = |mark| line.len() - line.trim_start_matches(mark).len();
    let longest = length('`').max(length('~'));
    if longest >= 3 { &line[..longest] } else { "" }
}

fn finding(code: &'static str, line: u32, message: &str) -> Finding {
    Finding {
        code,
        line,
        column: 1,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "void OnTick()\n{\n}\n";

    fn code_of(answer: &str) -> &'static str {
        extract(answer).expect_err("the answer is refused").code
    }

    #[test]
    fn the_block_is_taken_out_of_its_prose() {
        let answer = format!("Here it is:\n\n```mql5\n{PROGRAM}```\nGood luck with ```it```!");
        assert_eq!(extract(&answer).as_deref(), Ok(PROGRAM));
    }

    #[test]
    fn an_answer_without_fences_is_the_program() {
        assert_eq!(extract(&format!("\u{feff}\n{PROGRAM}\n")).as_deref(), Ok(PROGRAM));
    }

    #[test]
    fn a_snippet_beside_the_program_is_passed_over() {
        let answer = format!("```cpp\n{PROGRAM}```\nChange the lots like so:\n~~~\ninput double Lots = 0.2;\n~~~\n");
        assert_eq!(extract(&answer).as_deref(), Ok(PROGRAM));
    }

    #[test]
    fn two_programs_are_one_too_many() {
        assert_eq!(
            code_of(&format!("```\n{PROGRAM}```\n```\n{PROGRAM}```\n")),
            "several_programs"
        );
    }

    #[test]
    fn an_answer_that_was_cut_is_no_program() {
        assert_eq!(code_of(&format!("```mql5\n{PROGRAM}")), "unfinished_code_block");
    }

    #[test]
    fn a_longer_fence_holds_a_shorter_one() {
        let answer = "````\nvoid OnTick() { }\n// ```\n````\n";
        assert_eq!(extract(answer).as_deref(), Ok("void OnTick() { }\n// ```\n"));
    }
}
