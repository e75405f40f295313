/*
 * Take-over in a replicated gateway: one message, the key that opens it, its recall, three nodes.
 *
 * Raft is the library's work. Here an election, a copy of the leader's log to a node, and a commit
 * are one step each. What is checked is what the gateway adds:
 *
 *   K  A leader names a key in a batch only when it and most nodes have it on disk.
 *   F  A new leader has every key that its ledger names before it opens.
 *   N  A batch names its place in the order of batches. At another place it changes nothing.
 *   L  A leader delivers only while its lease lasts, and no other serves before it ends.
 *   P  A node takes no key, pushed or fetched, that its ledger calls recalled.
 *   A  A destruction is executed only when every node has confirmed its own.
 *
 * Each rule can be left out, for example with -DNO_K. Then an assertion must fail.
 */
#ifndef TERMS
#define TERMS 3
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef LOG
#define LOG 8
#endif
#define N 3
#define MAJORITY 2
#define EVERY_NODE 7

/* What an entry of the log is. LEAD is the engine's own, at the start of a term; others are batches. */
#define LEAD 1
#define MESSAGE 2
#define RECALL 3
#define GONE 4 /* and the node that confirmed */

typedef Node {
  bool up;
  bool leads;        /* believes that it leads */
  bool lease;        /* a majority answered it lately */
  bool open;         /* serves clients and peers */
  byte ofTerm;       /* the term in which it was elected */
  byte kind[LOG];    /* the log */
  byte term[LOG];
  byte place[LOG];
  byte length;
  byte known;        /* entries that it knows to be committed */
  byte applied;      /* entries that it has applied */
  byte batches;      /* the ledger: batches that changed something */
  byte messages;     /* how often the ledger holds the message */
  bool recalled;     /* the ledger calls the message recalled */
  byte gone;         /* the ledger: a bit for each node that confirmed */
  byte draft;        /* a batch that it computed and has not given to the engine */
  byte draftPlace;
  bool key;          /* on disk */
  bool pushed;       /* a copy of the key is on its way to this node */
  bool confirmed     /* it said that its key is destroyed */
}

Node node[N];
byte term;           /* the highest term */
byte crashes;
byte committed;      /* entries that no leader takes back */
bool acknowledged;   /* the sender was told that the message is kept */
bool told;           /* the sender was told that the recall is in force */
bool made;           /* the key was made */

hidden byte i, votes;

#define ME node[x]
#define LAST(y) (node[y].length == 0 -> 0 : node[y].term[node[y].length - 1])
#define ALL_UP (node[0].up && node[1].up && node[2].up)
#define HOLDERS (node[0].key + node[1].key + node[2].key)
#define LEADER (ME.up && ME.leads && ME.ofTerm == term)

#define MAY_DRAFT (ME.up && ME.open && ME.draft == 0 && ME.length == ME.applied)

#ifdef NO_K
#define KEY_IS_SAFE ME.key
#else
#define KEY_IS_SAFE (ME.key && HOLDERS >= MAJORITY)
#endif
#ifdef NO_F
#define MUST_FETCH false
#else
#define MUST_FETCH (ME.messages > 0 && !ME.key && !REFUSES_KEY)
#endif
#ifdef NO_N
#define IN_PLACE true
#else
#define IN_PLACE (ME.place[ME.applied] == ME.batches)
#endif
#ifdef NO_L
#define MAY_SERVE true
#define MAY_DELIVER true
#else
#define MAY_SERVE (!node[(x + 1) % N].lease && !node[(x + 2) % N].lease)
#define MAY_DELIVER ME.lease
#endif
#ifdef NO_P
#define REFUSES_KEY false
#else
#define REFUSES_KEY ME.recalled
#endif
#ifdef NO_A
#define CONFIRMED (ME.gone >= 3)
#else
#define CONFIRMED (ME.gone == EVERY_NODE)
#endif

inline append(what, at) {
  ME.kind[ME.length] = what;
  ME.term[ME.length] = ME.ofTerm;
  ME.place[ME.length] = at;
  ME.length++
}

inline elect() {
  votes = 0;
  for (i : 0 .. N - 1) {
    votes = votes + (node[i].up && (LAST(i) < LAST(x) ||
      (LAST(i) == LAST(x) && node[i].length <= ME.length)) -> 1 : 0)
  }
  if
  :: votes >= MAJORITY ->
    term++;
    ME.ofTerm = term;
    ME.leads = true;
    ME.lease = true;
    ME.open = false;
    append(LEAD, 0)
  :: else
  fi;
  votes = 0; i = 0
}

inline copyTo(y) {
  assert(node[y].applied <= ME.length);
  for (i : 0 .. LOG - 1) {
    node[y].kind[i] = ME.kind[i];
    node[y].term[i] = ME.term[i];
    node[y].place[i] = ME.place[i]
  }
  node[y].length = ME.length;
  node[y].known = (committed < ME.length -> committed : ME.length);
  node[y].leads = false;
  node[y].lease = false;
  node[y].open = false; /* a batch on its way to the engine stays there */
  i = 0
}

inline commitAll() {
  votes = 0;
  for (i : 0 .. N - 1) {
    votes = votes + (node[i].length >= ME.length && node[i].term[ME.length - 1] == term -> 1 : 0)
  }
  if
  :: votes >= MAJORITY && LAST(x) == term && ME.length > committed -> committed = ME.length
  :: else
  fi;
  ME.known = committed;
  votes = 0; i = 0
}

/* What an open leader has applied, it says to others. */
inline tell() {
  acknowledged = (acknowledged || ME.messages > 0);
  told = (told || ME.recalled)
}

inline change(what) {
  ME.batches++;
  if
  :: what == MESSAGE -> ME.messages++
  :: what == RECALL -> ME.recalled = true
  :: else -> ME.gone = ME.gone | (1 << (what - GONE))
  fi;
  assert(ME.messages <= 1)
}

inline applyNext() {
  if
  :: ME.kind[ME.applied] != LEAD && IN_PLACE -> change(ME.kind[ME.applied])
  :: else
  fi;
  ME.applied++;
  if
  :: ME.open -> tell()
  :: else
  fi
}

inline serve() {
  if
  :: MUST_FETCH ->
    for (i : 0 .. N - 1) {
      if
      :: node[i].up && node[i].key -> ME.key = true
      :: else
      fi
    }
    i = 0;
    /* What the ledger names can be fetched, however few nodes are up. */
    assert(ME.key || ME.recalled)
  :: else
  fi;
  ME.open = true;
  /* Nothing that was acknowledged is lost. */
  assert(!acknowledged || ME.messages == 1);
  assert(!told || ME.recalled);
  tell()
}

inline compute(what) {
  ME.draft = what;
  ME.draftPlace = ME.batches
}

proctype gateway(byte x) {
  end: do
  /* The machine. */
  :: d_step { crashes < CRASHES && ALL_UP ->
      crashes++;
      ME.up = false; ME.leads = false; ME.lease = false; ME.open = false;
      ME.draft = 0; ME.draftPlace = 0 }
  :: d_step { !ME.up -> ME.up = true }
  /* The engine. */
  :: d_step { ME.lease -> ME.lease = false }
  :: d_step { ME.up && term < TERMS && (term > 0 || x == 0) && ME.length < LOG && (!ME.leads || ME.ofTerm < term) -> elect() }
  :: d_step { LEADER && node[(x + 1) % N].up -> copyTo((x + 1) % N) }
  :: d_step { LEADER && node[(x + 2) % N].up -> copyTo((x + 2) % N) }
  :: d_step { LEADER && ME.known < ME.length -> commitAll() }
  :: d_step { ME.up && ME.applied < ME.known -> applyNext() }
  /* A new leader, once it has applied all up to the start of its term. */
  :: d_step { LEADER && !ME.open && ME.applied == ME.length && MAY_SERVE -> serve() }
  /* Keys. A copy that is on its way may arrive at any time, or never. */
  :: d_step { MAY_DRAFT && !made ->
      made = true; ME.key = true;
      node[(x + 1) % N].pushed = true;
      node[(x + 2) % N].pushed = true }
  :: d_step { ME.up && ME.pushed -> ME.pushed = false;
      if
      :: REFUSES_KEY
      :: else -> ME.key = true
      fi }
  :: d_step { ME.up && ME.recalled && !ME.confirmed -> ME.key = false; ME.confirmed = true }
  /* Batches. */
  :: d_step { MAY_DRAFT && made && ME.messages == 0 && KEY_IS_SAFE -> compute(MESSAGE) }
  :: d_step { MAY_DRAFT && ME.messages > 0 && !ME.recalled -> compute(RECALL) }
  :: d_step { MAY_DRAFT && node[0].confirmed && !(ME.gone & 1) -> compute(GONE) }
  :: d_step { MAY_DRAFT && node[1].confirmed && (ME.gone & 3) == 1 -> compute(GONE + 1) }
  :: d_step { MAY_DRAFT && node[2].confirmed && (ME.gone & 7) == 3 -> compute(GONE + 2) }
  :: d_step { ME.up && ME.leads && ME.draft != 0 && ME.length < LOG ->
      append(ME.draft, ME.draftPlace); ME.draft = 0; ME.draftPlace = 0 }
  /* Delivery. */
  :: d_step { ME.up && ME.open && ME.messages > 0 && !ME.recalled && MAY_DELIVER -> assert(ME.key); assert(!told) }
  :: d_step { ME.up && ME.open && CONFIRMED -> assert(HOLDERS == 0) }
  od
}

init {
  d_step {
    node[0].up = true; node[1].up = true; node[2].up = true
  };
  atomic { run gateway(0); run gateway(1); run gateway(2) }
}
