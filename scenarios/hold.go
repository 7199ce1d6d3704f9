package scenarios

// Hold is when a run had all sessions open that it held. Times count from its start.
type Hold struct {
	Began Seconds `json:"began_s"` // the last of them was in
	Ended Seconds `json:"ended_s"` // the first of them was closed
}
