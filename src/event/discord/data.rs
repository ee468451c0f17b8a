//! What was used: a command, a component, a modal.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::event::read::or_default;

/// A command with its options.
///
/// Source:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-application-command-data-structure>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Command {
    /// The command's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// 1 for a slash command, 2 for one on a user, 3 for one on a message, 4 for the app's entry point.
    #[serde(rename = "type")]
    pub kind: u64,
    /// What the user gave.
    #[serde(default, deserialize_with = "or_default")]
    pub options: Vec<CommandOption>,
    /// The users, roles, channels, messages and files that the options name, as Discord wrote them.
    pub resolved: Option<Value>,
    /// The server that the command belongs to.
    pub guild_id: Option<String>,
    /// The user or the message that the command was used on.
    pub target_id: Option<String>,
}

impl Command {
    /// The value of the option with this name, in the subcommand that was used.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        let mut options = &self.options;
        loop {
            if let Some(found) = options.iter().find(|option| option.name == name) {
                return found.value.as_ref();
            }
            options = &options.iter().find(|option| !option.options.is_empty())?.options;
        }
    }
}

/// An option of a command, or a subcommand with options of its own. `Debug` does not show what was typed.
///
/// Source: <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-application-command-interaction-data-option-structure>.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct CommandOption {
    /// Its name.
    pub name: String,
    /// What it is: 1 for a subcommand, 3 for a text, 4 for a whole number, and so on.
    #[serde(rename = "type")]
    pub kind: u64,
    /// A text, a number, or `true` or `false`; an id for whatever has one.
    pub value: Option<Value>,
    /// The options of a subcommand.
    #[serde(default, deserialize_with = "or_default")]
    pub options: Vec<CommandOption>,
    /// Whether it is being typed.
    #[serde(default, deserialize_with = "or_default")]
    pub focused: bool,
}

impl fmt::Debug for CommandOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandOption")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A button or a menu in a message.
///
/// Source:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-message-component-data-structure>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Component {
    /// Its name, as the app gave it.
    pub custom_id: String,
    /// What it is: 2 for a button, 3 for a menu of texts, 5 to 8 for menus of users, roles and channels.
    pub component_type: u64,
    /// What was chosen from a menu.
    #[serde(default, deserialize_with = "or_default")]
    pub values: Vec<String>,
    /// What the values name, as Discord wrote it.
    pub resolved: Option<Value>,
}

/// A modal with what was put into it. `Debug` does not show that.
///
/// Source: <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-modal-submit-data-structure>.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Modal {
    /// Its name, as the app gave it.
    pub custom_id: String,
    /// Its rows and labels, as Discord wrote them; see [`text`](Self::text) and [`values`](Self::values).
    #[serde(default, deserialize_with = "or_default")]
    pub components: Vec<Value>,
    /// What the values name, as Discord wrote it.
    pub resolved: Option<Value>,
}

impl Modal {
    /// What was typed into the input with this name.
    #[must_use]
    pub fn text(&self, custom_id: &str) -> Option<&str> {
        self.input(custom_id)?.get("value")?.as_str()
    }

    /// What was chosen from the menu with this name.
    pub fn values(&self, custom_id: &str) -> impl Iterator<Item = &str> {
        let values = self
            .input(custom_id)
            .and_then(|input| input.get("values")?.as_array());
        values.into_iter().flatten().filter_map(Value::as_str)
    }

    /// An input stands in a row, in a label, or by itself.
    fn input(&self, custom_id: &str) -> Option<&Value> {
        let inside = self.components.iter().flat_map(|outer| {
            let row = outer.get("components").and_then(Value::as_array);
            row.into_iter()
                .flatten()
                .chain(outer.get("component"))
                .chain([outer])
        });
        let mut named =
            inside.filter(|input| input.get("custom_id").and_then(Value::as_str) == Some(custom_id));
        named.next()
    }
}

impl fmt::Debug for Modal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modal")
            .field("custom_id", &self.custom_id)
            .finish_non_exhaustive()
    }
}
