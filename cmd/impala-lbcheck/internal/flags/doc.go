// Package flags makes the command line of the table of settings.
//
// [Bind] gives a command a flag for each setting that it has; [Overrides.Apply]
// applies variables and then flags to a scenario. [Usage] lists the flags by their
// groups, each with its default, and [Sections] gives them to others that list them. [For] and [Fix] write a setting as a flag, and
// [Word] an error about one.
//
// It knows no scenario and no command by name, and reads no file.
package flags
