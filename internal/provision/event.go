package provision

import "fmt"

// Event is a step of Apply or Destroy: its start, or news of a wait.
type Event struct {
	Step   string `json:"step"` // the resource: "security groups"
	Action Action `json:"action"`
	Text   string `json:"text"` // one line
}

// summary is a change in one line.
func (c Change) summary() string {
	line := fmt.Sprintf("%s %s", c.Resource, c.Name)
	if c.Action != Wait {
		line = fmt.Sprintf("%s %s", c.Action, line)
	}
	switch {
	case c.Before != "" && c.After != "" && c.Before != c.After:
		line += ": " + c.Before + " -> " + c.After
	case c.After != "":
		line += ": " + c.After
	}
	if c.Why != "" {
		line += " (" + c.Why + ")"
	}
	return line
}
