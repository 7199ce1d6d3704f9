package run

import "time"

// EventKind says what a run is doing.
type EventKind string

// The kinds of event, in the order in which a run has them.
const (
	EventResolved    EventKind = "resolved" // Total nodes
	EventPages       EventKind = "pages"    // coordinators' own pages were read: Done of Total could be
	EventBudget      EventKind = "budget"   // Total sessions at most, Done typically, For so long typically
	EventScout       EventKind = "scout"    // a session alone on a node starts
	EventProbe       EventKind = "probe"    // no session was good: what answers on a node is asked
	EventRemark      EventKind = "note"     // what is to be known before the run goes on
	EventSettle      EventKind = "settle"   // a round starts; Done coordinators were seen, of Total expected
	EventLook        EventKind = "look"     // a look of Total sessions starts, its burst included; 0: as many as there will be
	EventSession     EventKind = "session"  // a session of the look ended: Done of Total, Failed of them; Total as before
	EventStage       EventKind = "stage"    // stage Done of Total starts; it lasts For
	EventHeld        EventKind = "held"     // Done sessions are open, of Total; 0: as many as the service takes
	EventIdle        EventKind = "idle"     // a step of an idle scenario is decided
	EventWatch       EventKind = "watch"    // a watch noticed something, or it is time to act
	EventNodes       EventKind = "nodes"    // the names lead elsewhere now: Total nodes to dial
	EventDropped     EventKind = "dropped"  // a node is dialled no more, because of its certificate
	EventFurtherLook EventKind = "ask"      // a judge wants a further look of Total sessions
	EventStop        EventKind = "stop"     // the run ends before its time
)

// Event is a step of a run, enough for a progress bar and for plain lines.
type Event struct {
	Kind                EventKind
	Text                string // one line, in our words and the server's: untrusted
	Done, Total, Failed int
	For                 time.Duration
}

// isCount reports whether the next event of its kind says all that this one says.
func (e Event) isCount() bool { return e.Kind == EventSession }
