package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyMirror;
import org.entente.gateway.seal.keys.Keystore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a cluster, for one term of leadership. The leader's keystore is copied to the other
 * nodes, from which it never takes a key during its term.
 *
 * <p>The rules are those of {@code docs/develop/models/takeover.pml}:
 *
 * <ul>
 *   <li>K: a change of the leader's keystore takes effect once most nodes have made it durably. So
 *       nothing can name a key that fewer have.
 *   <li>F: {@link #begin} reads the keys of most nodes and takes the newest state ({@link KeyTag}),
 *       since any key that a ledger names is among them. A node that lost keys does not count, as
 *       long as one does not answer. Then it brings most nodes to this state.
 *   <li>P: a node that returns is brought to the leader's state before it counts. What was
 *       destroyed meanwhile is destroyed there too, and nobody takes it from that node.
 *   <li>A: {@link #unconfirmed} names the nodes that have not done so.
 * </ul>
 *
 * <p>Each node notes which keystores are given keys, before they get any ({@link
 * KeystoreRegister}): rule A holds for those that are lost, too.
 *
 * <p>Nodes that no leader has told of a state have the keys with which their operators set them up.
 * The first leader needs all nodes, and takes the keys of all.
 *
 * <p>Safe for many threads. The keystore is the lock.
 */
final class LeaderKeys implements KeyMirror {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderKeys.class);

  /** How often nodes are asked that then do not give their keys. */
  private static final int ATTEMPTS = 8;

  private final NodeKeys own;
  private final Keystore keystore;
  private volatile List<Peer> peers;
  private volatile Quorum quorum;
  private final Function<List<MachineKeystore>, List<String>> outside;
  private final long term;
  private final Duration patience;
  private final Executor threads;
  private final AtomicLong calls = new AtomicLong();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile CompletableFuture<?> lastChange = CompletableFuture.completedFuture(null);
  private volatile List<String> awaited = List.of();
  private volatile boolean begun;
  private boolean warned;
  private final AtomicLong number = new AtomicLong();

  /** This node's keys are in part those of a newer state, whose node fell silent. */
  private boolean mixed;

  /** Another node, and what it is known to hold; null if it has to be caught up. */
  private static final class Peer {
    final String name;
    final KeyNode node;
    volatile KeyNode.@Nullable Held holds;

    /** Its keystore, as it last told in this term; empty before. */
    volatile Optional<MachineKeystore> keystore = Optional.empty();

    /** Keystores that it has noted as given keys. */
    volatile Set<MachineKeystore> knows = Set.of();

    private CompletableFuture<?> lastCall = CompletableFuture.completedFuture(null);

    Peer(String name, KeyNode node) {
      this.name = name;
      this.node = node;
    }

    /** Whether no call to it is under way, or waits for one that is. */
    synchronized boolean isIdle() {
      return lastCall.isDone();
    }

    void told(KeyNode.State state) {
      keystore = Optional.of(new MachineKeystore(name, state.keystore()));
      knows = Set.copyOf(state.known());
    }
  }

  /**
   * The keys in a term.
   *
   * @param others the other nodes by name
   * @param outside of keystores that are no node's any more, and of nodes outside the cluster,
   *     those that may have keys, by name of the node ({@link FormerMachines})
   * @param patience the longest wait for an answer
   * @param threads where other nodes are asked, several at once
   */
  LeaderKeys(
      NodeKeys own,
      Map<String, KeyNode> others,
      Function<List<MachineKeystore>, List<String>> outside,
      long term,
      Duration patience,
      Executor threads) {
    this.own = own;
    this.keystore = own.keystore();
    this.peers =
        others.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(node -> new Peer(node.getKey(), node.getValue()))
            .toList();
    this.quorum = Quorum.of(others.keySet());
    this.outside = outside;
    this.term = term;
    this.patience = patience;
    this.threads = threads;
  }

  /**
   * Has every key that the ledger may name, on this node and on most. Waits for as long as too few
   * nodes answer, and for no others: one that hangs must not delay a take-over.
   *
   * @param leads whether this node still leads
   * @throws IOException if it no longer does, if nodes were set up with different keys, if none has
   *     the keys that every gateway has, or if nodes that answer give no keys, again and again
   */
  void begin(BooleanSupplier leads) throws IOException {
    for (int attempts = 1; !takesKeys(leads); attempts++) {
      requireLead(leads);
      if (attempts == ATTEMPTS) {
        throw new IOException("nodes answer, but do not give their keys; the log names them");
      }
      pause();
    }
    synchronized (keystore) {
      if (own.lacksKeys()) {
        // Others would be made to destroy what they have.
        throw new IOException(
            "no node has an agency pair and an audit signing key: restore a keystore");
      }
      number.set(1);
      own.keep(tag());
      keystore.mirrorTo(this);
    }
    while (!isConfirmed()) {
      requireLead(leads);
      await(askToCatchUp(), this::isConfirmed);
      if (!isConfirmed()) {
        sayAwaited(missing());
        pause();
      }
    }
    awaited = List.of();
    begun = true;
  }

  /** Nodes whose keys this one needs before it serves; empty if it needs none. */
  List<String> awaited() {
    return awaited;
  }

  /** Says once who is missing: not in the first round, since nodes start at about the same time. */
  private void sayAwaited(List<String> nodes) {
    if (!awaited.isEmpty() && !warned) {
      warned = true;
      LOG.warn("this node leads, and does not serve before it has the keys of {}", nodes);
    }
    awaited = nodes;
  }

  /** Nodes that did not answer, or lost keys. */
  private List<String> keyless(Map<Peer, KeyNode.State> states) {
    return peers.stream()
        .filter(
            peer ->
                Optional.ofNullable(states.get(peer))
                    .map(KeyNode.State::tag)
                    .filter(tag -> !tag.equals(KeyTag.LOST))
                    .isEmpty())
        .map(peer -> peer.name)
        .toList();
  }

  /** False if a node that said which keys it has does not give them. */
  private boolean takesKeys(BooleanSupplier leads) throws IOException {
    Map<Peer, KeyNode.State> states = new HashMap<>();
    KeyNode.State mine = own.state(term);
    for (boolean may = mayBegin(mine, states); !may; may = mayBegin(mine, states)) {
      requireLead(leads);
      states.clear();
      states.putAll(askAll(mine));
      if (!mayBegin(mine, states)) {
        sayAwaited(keyless(states));
        pause();
      }
    }
    if (!isIntroduced(states.values())) {
      return false;
    }
    return adopt(mine, states);
  }

  /** Whether most nodes know of this keystore, which they must before it gets keys of theirs. */
  private boolean isIntroduced(Collection<KeyNode.State> states) throws IOException {
    for (KeyNode.State state : states) {
      own.learn(state.known());
    }
    MachineKeystore self = own.self();
    own.learn(List.of(self));
    BooleanSupplier known = () -> quorum.isReachedWith(knowing(List.of(self)));
    if (!known.getAsBoolean()) {
      await(peers.stream().map(peer -> ask(peer, () -> tell(peer))).toList(), known);
    }
    return known.getAsBoolean();
  }

  private List<String> knowing(Collection<MachineKeystore> keystores) {
    return peers.stream()
        .filter(peer -> peer.knows.containsAll(keystores))
        .map(peer -> peer.name)
        .toList();
  }

  /** Has a node note which keystores are given keys. */
  private KeyNode.Held tell(Peer peer) throws IOException {
    return make(peer, change(null, null, List.of(), List.of()));
  }

  private KeyNode.Held make(Peer peer, KeyNode.Change change) throws IOException {
    if (!peers.contains(peer)) {
      // Its turn came late: no key may reach it any more.
      throw new IOException(peer.name + " is no machine of the cluster any more");
    }
    KeyNode.Held held = peer.node.change(change);
    peer.knows = Set.copyOf(change.known());
    return held;
  }

  /** Lets nodes that did not answer come up. */
  private void pause() throws IOException {
    try {
      var unused = over.await(patience.toMillis() / 8, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while other nodes were asked about keys", e);
    }
  }

  private void requireLead(BooleanSupplier leads) throws IOException {
    if (over.getCount() == 0 || !leads.getAsBoolean()) {
      throw new IOException("this node no longer leads");
    }
  }

  private boolean mayBegin(KeyNode.State mine, Map<Peer, KeyNode.State> states) {
    List<KeyTag> tags =
        Stream.concat(Stream.of(mine), states.values().stream()).map(KeyNode.State::tag).toList();
    boolean all = tags.size() == peers.size() + 1;
    boolean first = tags.stream().allMatch(KeyTag.START::equals);
    // One that lost keys may have had one that no other answering node has.
    Set<String> holders =
        states.entrySet().stream()
            .filter(one -> !one.getValue().tag().equals(KeyTag.LOST))
            .map(one -> one.getKey().name)
            .collect(Collectors.toSet());
    boolean enough =
        mine.tag().equals(KeyTag.LOST)
            ? quorum.isReachedBy(holders)
            : quorum.isReachedWith(holders);
    return all || (!first && enough);
  }

  /** The states of those that answer until they are enough to begin, or have all answered. */
  private Map<Peer, KeyNode.State> askAll(KeyNode.State mine) throws IOException {
    Map<Peer, KeyNode.State> states = new ConcurrentHashMap<>();
    CompletableFuture<Void> enough = new CompletableFuture<>();
    CompletableFuture<?>[] asked =
        peers.stream()
            .map(
                peer ->
                    ask(peer, () -> peer.node.state(term))
                        .thenAccept(
                            answer -> {
                              answer.ifPresent(peer::told);
                              answer.ifPresent(state -> states.put(peer, state));
                              if (mayBegin(mine, states)) {
                                enough.complete(null);
                              }
                            }))
            .toArray(CompletableFuture<?>[]::new);
    await(CompletableFuture.anyOf(enough, CompletableFuture.allOf(asked)));
    return Map.copyOf(states);
  }

  /**
   * Asks on another thread; empty if there is no answer. A node gets one call at a time, in the
   * order of these calls, so that a change finds the one before it made.
   */
  private <T> CompletableFuture<Optional<T>> ask(Peer peer, Callable<T> question) {
    synchronized (peer) {
      CompletableFuture<Optional<T>> answer =
          peer.lastCall
              .handleAsync((before, failure) -> answer(peer, question), threads)
              .exceptionally(failure -> unasked(peer, failure));
      peer.lastCall = answer;
      return answer;
    }
  }

  /** No answer if this node is stopping, and has no thread for the question. */
  private static <T> Optional<T> unasked(Peer peer, Throwable failure) {
    if (failure.getCause() instanceof RejectedExecutionException) {
      peer.holds = null;
      return Optional.empty();
    }
    throw failure instanceof CompletionException wrapped
        ? wrapped
        : new CompletionException(failure);
  }

  private static <T> Optional<T> answer(Peer peer, Callable<T> question) {
    try {
      return Optional.of(question.call());
    } catch (Exception e) {
      // The edge of this thread: after any failure the node has to be caught up.
      peer.holds = null;
      LOG.debug("node {} did not answer about keys", peer.name, e);
      return Optional.empty();
    }
  }

  /**
   * Takes the newest state, or, at the first start of a cluster, the keys of all. False if a node
   * does not give them.
   */
  private boolean adopt(KeyNode.State mine, Map<Peer, KeyNode.State> states) throws IOException {
    Peer newest = null;
    KeyTag tag = mine.tag();
    // By name, so that a simulated run repeats.
    List<Peer> answered = peers.stream().filter(states::containsKey).toList();
    for (Peer peer : answered) {
      KeyTag other = states.getOrDefault(peer, mine).tag();
      int newer = other.compareTo(tag);
      if (newer > 0 || (newer == 0 && mixed)) {
        newest = peer;
        tag = other;
      }
    }
    if (tag.equals(KeyTag.START)) {
      return joinAll(answered, states);
    }
    if (newest == null) {
      return !mixed;
    }
    KeyNode.State state = states.getOrDefault(newest, mine);
    return take(newest, KeyDifference.between(mine.keys(), state.keys()));
  }

  private boolean joinAll(List<Peer> answered, Map<Peer, KeyNode.State> states) throws IOException {
    boolean all = true;
    for (Peer peer : answered) {
      KeyNode.State state = states.get(peer);
      all &= state == null || join(peer, state);
    }
    return all;
  }

  private boolean join(Peer peer, KeyNode.State state) throws IOException {
    List<KeyNode.Print> held = own.state(term).keys();
    List<KeyDescription> conflicts = KeyDifference.conflicts(held, state.keys());
    if (!conflicts.isEmpty()) {
      KeyDescription one = conflicts.get(0);
      throw new IOException(
          ("this node and %s were set up with different keys of the name %s %s, and %d more: keep"
                  + " one of the two keystores and empty the other")
              .formatted(peer.name, one.kind(), one.id(), conflicts.size() - 1));
    }
    return take(
        peer, new KeyDifference(KeyDifference.between(held, state.keys()).put(), List.of()));
  }

  /** False if the node did not give all of them: it has fallen silent, or changed them. */
  private boolean take(Peer peer, KeyDifference difference) throws IOException {
    List<KeyDescription> left = new ArrayList<>(difference.put());
    while (!left.isEmpty()) {
      List<KeyEntry> keys = fetch(peer, left);
      try {
        if (keys.isEmpty()) {
          LOG.warn("node {} did not give {} keys; nodes are asked again", peer.name, left.size());
          return false;
        }
        mixed = true;
        own.follow(term, keys, List.of());
        left.removeIf(name -> keys.stream().anyMatch(key -> isNamed(key, name)));
      } finally {
        keys.forEach(KeyEntry::close);
      }
    }
    own.follow(term, List.of(), difference.gone());
    mixed = false;
    LOG.info("took {} keys of node {}", difference.put().size(), peer.name);
    return true;
  }

  private List<KeyEntry> fetch(Peer peer, List<KeyDescription> names) {
    try {
      return peer.node.fetch(term, names);
    } catch (IOException e) {
      LOG.debug("node {} did not answer about keys", peer.name, e);
      return List.of();
    }
  }

  private static boolean isNamed(KeyEntry key, KeyDescription name) {
    return key.kind() == name.kind() && key.id().equals(name.id());
  }

  /**
   * Begins to bring nodes that are not there, or were restarted, to the state of this one. Called
   * regularly. Does not wait: a node that is given many keys, or hangs, keeps no other from what it
   * lacks.
   */
  void look() {
    var unused = askToCatchUp(peers.stream().filter(Peer::isIdle));
  }

  /**
   * Brings every node that answers, and is not there or was restarted, to the state of this one.
   */
  void catchUp() {
    askToCatchUp().forEach(CompletableFuture::join);
    // Of a keystore that was given keys meanwhile, others may not know yet.
    askToCatchUp(peers.stream().filter(peer -> peer.holds != null && !knowsAll(peer)))
        .forEach(CompletableFuture::join);
  }

  private List<CompletableFuture<Optional<KeyNode.Held>>> askToCatchUp() {
    return askToCatchUp(peers.stream());
  }

  private List<CompletableFuture<Optional<KeyNode.Held>>> askToCatchUp(Stream<Peer> some) {
    return some.map(peer -> ask(peer, () -> catchUp(peer))).toList();
  }

  private boolean knowsAll(Peer peer) {
    return peer.knows.containsAll(own.known());
  }

  private KeyNode.Held catchUp(Peer peer) throws IOException {
    KeyNode.Held held = peer.holds;
    if (held != null) {
      if (stillHolds(peer, held)) {
        return held;
      }
      peer.holds = null;
      LOG.info("node {} was restarted, or lost keys: it is caught up", peer.name);
    }
    for (int attempts = 0; attempts < ATTEMPTS; attempts++) {
      KeyTag tag = stateHere();
      copyTo(peer);
      KeyNode.Held reached = make(peer, change(null, tag, List.of(), List.of()));
      if (reaches(peer, tag, reached)) {
        return reached;
      }
    }
    throw new IOException("the keys of this node change faster than it takes them");
  }

  private KeyTag stateHere() {
    synchronized (keystore) {
      return tag();
    }
  }

  /**
   * Whether this node is still in the state that another one was brought to. Calls are made without
   * the lock, so that a slow node holds up no change. If there was one, that node may have a part
   * of it, as after a crash: it does not count, and is brought to the next state.
   */
  private boolean reaches(Peer peer, KeyTag tag, KeyNode.Held reached) throws IOException {
    synchronized (keystore) {
      if (!tag.equals(tag())) {
        return false;
      }
      own.keep(tag);
      peer.holds = reached;
      return true;
    }
  }

  /** A node that does not answer has lost nothing by that; its next answer tells. */
  private boolean stillHolds(Peer peer, KeyNode.Held held) {
    try {
      return make(peer, change(held, null, List.of(), List.of())).equals(held);
    } catch (IOException e) {
      LOG.debug("node {} did not say what it holds", peer.name, e);
      return true;
    }
  }

  /** The next call to a node; made when its turn comes, so that the numbers a node sees rise. */
  private KeyNode.Change change(
      KeyNode.@Nullable Held before,
      @Nullable KeyTag after,
      List<KeyEntry> put,
      List<KeyDescription> gone) {
    return new KeyNode.Change(term, calls.incrementAndGet(), before, after, put, gone, own.known());
  }

  private void copyTo(Peer peer) throws IOException {
    KeyNode.State theirs = peer.node.state(term);
    introduce(peer, theirs);
    KeyDifference difference = KeyDifference.between(theirs.keys(), own.state(term).keys());
    List<KeyDescription> left = new ArrayList<>(difference.put());
    while (!left.isEmpty()) {
      List<KeyEntry> keys = own.fetch(term, left);
      try {
        if (keys.isEmpty()) {
          // They were destroyed meanwhile.
          break;
        }
        make(peer, change(null, null, keys, List.of()));
        left.removeIf(name -> keys.stream().anyMatch(key -> isNamed(key, name)));
      } finally {
        keys.forEach(KeyEntry::close);
      }
    }
    if (!difference.gone().isEmpty()) {
      make(peer, change(null, null, List.of(), difference.gone()));
    }
  }

  /**
   * Most nodes must know of a keystore before it gets keys. If it is lost, whoever leads or goes on
   * alone has it destroyed.
   */
  private void introduce(Peer peer, KeyNode.State state) throws IOException {
    peer.told(state);
    List<MachineKeystore> keystore = peer.keystore.stream().toList();
    own.learn(keystore);
    if (!knowsAll(peer)) {
      tell(peer);
    }
    if (!quorum.isReachedWith(knowing(keystore))) {
      throw new IOException("too few nodes know yet that it is given keys");
    }
  }

  /** Keystores that were given keys, and are not what their node has now, as far as it told. */
  List<MachineKeystore> former() {
    List<Peer> now = peers;
    Set<MachineKeystore> present =
        now.stream()
            .flatMap(peer -> peer.keystore.stream())
            .collect(Collectors.toCollection(HashSet::new));
    present.add(own.self());
    Set<String> silent =
        now.stream()
            .filter(peer -> peer.keystore.isEmpty())
            .map(peer -> peer.name)
            .collect(Collectors.toSet());
    return own.known().stream()
        .filter(one -> !present.contains(one) && !silent.contains(one.machine()))
        .toList();
  }

  @Override
  public void change(List<KeyEntry> put, List<KeyDescription> gone) throws IOException {
    if (over.getCount() == 0) {
      throw new IOException("this node no longer leads");
    }
    List<String> able =
        peers.stream().filter(peer -> peer.holds != null).map(peer -> peer.name).toList();
    if (!quorum.isReachedWith(able)) {
      // Nobody can have made it. A new number would keep nodes from being caught up.
      throw tooFew(able);
    }
    own.forgetPrints(put);
    KeyTag before = tag();
    number.incrementAndGet();
    // The caller closes its own, which the last node may not have by then.
    List<KeyEntry> copies = put.stream().map(LeaderKeys::copy).toList();
    KeyTag after = tag();
    List<CompletableFuture<Optional<KeyNode.Held>>> asked =
        peers.stream()
            .filter(peer -> peer.holds != null)
            .map(peer -> ask(peer, () -> push(peer, before, after, copies, gone)))
            .toList();
    lastChange =
        CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
            .whenComplete((all, failure) -> copies.forEach(KeyEntry::close));
    await(asked, () -> quorum.isReachedWith(holding(after)));
    List<String> made = holding(after);
    if (!quorum.isReachedWith(made)) {
      // Which of them made it is unknown: its state must have a name that no other gets.
      number.incrementAndGet();
      peers.forEach(peer -> peer.holds = null);
      throw tooFew(made);
    }
  }

  private IOException tooFew(List<String> able) {
    return new IOException(
        "%d of %d nodes can keep the key; at least %d must"
            .formatted(1 + able.size(), peers.size() + 1, quorum.most()));
  }

  private static KeyEntry copy(KeyEntry key) {
    return new KeyEntry(
        key.kind(),
        key.id(),
        key.created(),
        key.expires(),
        SecretBytes.takeOver(key.secret().reveal()));
  }

  private KeyNode.Held push(
      Peer peer, KeyTag before, KeyTag after, List<KeyEntry> put, List<KeyDescription> gone)
      throws IOException {
    KeyNode.Held held = peer.holds;
    if (held == null || !held.tag().equals(before)) {
      throw new IOException("it has to be caught up");
    }
    KeyNode.Held reached = make(peer, change(held, after, put, gone));
    if (!reached.equals(held.at(after))) {
      throw new IOException("it is at " + reached.tag() + ", or was restarted");
    }
    peer.holds = reached;
    return reached;
  }

  /** Waits until enough have answered, or all that will. */
  private void await(
      List<CompletableFuture<Optional<KeyNode.Held>>> asked, BooleanSupplier isEnough)
      throws IOException {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    CompletableFuture<?>[] counted =
        asked.stream()
            .map(
                one ->
                    one.thenRun(
                        () -> {
                          if (isEnough.getAsBoolean()) {
                            enough.complete(null);
                          }
                        }))
            .toArray(CompletableFuture<?>[]::new);
    if (!isEnough.getAsBoolean()) {
      await(CompletableFuture.anyOf(enough, CompletableFuture.allOf(counted)));
    }
  }

  private void await(CompletableFuture<?> future) throws IOException {
    try {
      future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // What has been answered by now counts.
      LOG.debug("no answer about keys within {}", patience, e);
    } catch (ExecutionException e) {
      throw new CompletionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while other nodes were asked about keys", e);
    }
  }

  @Override
  public void changed() throws IOException {
    own.keep(tag());
  }

  private KeyTag tag() {
    return new KeyTag(term, number.get());
  }

  /** Whether enough nodes hold what this one holds. Does not wait for a change under way. */
  private boolean isConfirmed() {
    return quorum.isReachedWith(holding(tag()));
  }

  private List<String> holding(KeyTag tag) {
    return peers.stream().filter(peer -> holds(peer, tag)).map(peer -> peer.name).toList();
  }

  private List<String> missing() {
    synchronized (keystore) {
      return lacking();
    }
  }

  /**
   * Nodes that are not known to hold what this one holds, or to know of all keystores that were
   * given keys. Does not wait for a change under way.
   */
  List<String> lacking() {
    KeyTag tag = tag();
    return peers.stream()
        .filter(peer -> !holds(peer, tag) || !knowsAll(peer))
        .map(peer -> peer.name)
        .toList();
  }

  private static boolean holds(Peer peer, KeyTag tag) {
    KeyNode.Held held = peer.holds;
    return held != null && held.tag().equals(tag);
  }

  @Override
  public List<String> unconfirmed() {
    try {
      // The last change took effect once most nodes had made it; others may be about to.
      await(lastChange);
      catchUp();
    } catch (IOException e) {
      LOG.debug("no further answers are awaited", e);
    }
    return Stream.concat(missing().stream(), outside.apply(former()).stream()).distinct().toList();
  }

  /**
   * A node is about to take the place of another, or to join if that is empty: from now on a change
   * needs most of the nodes before and most of those after. On return the keys, as they are now,
   * are on that many, and on the new one.
   *
   * @throws IOException if the new one does not take them, or too few others have them; {@link
   *     #settle} undoes the rest
   */
  void admit(String old, String name, KeyNode node) throws IOException {
    requireBegun();
    Peer next = new Peer(name, node);
    synchronized (keystore) {
      peers = Stream.concat(peers.stream(), Stream.of(next)).toList();
      quorum = quorum.replacing(old, name);
    }
    awaitKeys(() -> isConfirmed() && holds(next, tag()));
  }

  /**
   * A node is about to leave: from now on a change needs most of the nodes before and most of those
   * after. On return the keys, as they are now, are on that many.
   *
   * @throws IOException if too few others have them; {@link #settle} undoes the rest
   */
  void release(String name) throws IOException {
    requireBegun();
    synchronized (keystore) {
      quorum = quorum.without(name);
    }
    awaitKeys(this::isConfirmed);
  }

  private void requireBegun() throws IOException {
    if (!begun) {
      throw new IOException("this node does not have the keys of the cluster yet");
    }
  }

  private void awaitKeys(BooleanSupplier areThere) throws IOException {
    for (int attempts = 1; !areThere.getAsBoolean(); attempts++) {
      if (over.getCount() == 0) {
        throw new IOException("this node no longer leads");
      }
      if (attempts > ATTEMPTS) {
        throw new IOException("these nodes do not have the keys: " + String.join(", ", missing()));
      }
      catchUp();
    }
  }

  /** Ends {@link #admit} or {@link #release}: the nodes have changed, or have not. */
  void settle(boolean changed) {
    synchronized (keystore) {
      Set<String> names = changed ? quorum.after() : quorum.before();
      peers = peers.stream().filter(peer -> names.contains(peer.name)).toList();
      quorum = Quorum.of(names);
    }
  }

  /** Refuses further changes: this node no longer leads. */
  void end() {
    over.countDown();
  }
}
