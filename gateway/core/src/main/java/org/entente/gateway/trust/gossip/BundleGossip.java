package org.entente.gateway.trust.gossip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleDraft;
import org.entente.gateway.trust.BundleFault;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerdict.Refused;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustStore;
import org.entente.gateway.trust.gossip.TrustMessage.FreshnessNotice;
import org.entente.gateway.trust.gossip.TrustMessage.InForce;
import org.entente.gateway.trust.gossip.TrustMessage.Part;
import org.entente.gateway.trust.gossip.TrustMessage.PartRequest;
import org.jspecify.annotations.Nullable;

/**
 * Gossip protocol for trust bundles between neighbours. Each node hands newer bundles on, so that a
 * bundle installed at one node reaches all linked nodes, also through transits.
 *
 * <p>A node announces its bundle in force when a neighbour comes up and on every change; neighbours
 * then fetch it. They follow changes of the roots one by one. Only {@link TrustStore} puts a bundle
 * in force. The node forwards each witness's statement once. A message that a full link refuses is
 * sent in a later {@link #round}. All sending goes through {@link NeighbourLinks}. Safe for use by
 * many threads.
 */
public final class BundleGossip {
  /** Twice the most witnesses of a bundle; statements beyond that are ignored. */
  static final int STATEMENTS_A_MINUTE = 2 * BundleContent.MAX_AGENCIES;

  private final AgencyName self;
  private final TrustStore store;
  private final FreshnessBoard board;
  private final NeighbourLinks links;
  private final Events events;
  private final InstantSource clock;
  private final BundleExchange exchange = new BundleExchange();
  private final Map<AgencyName, Neighbour> up = new ConcurrentHashMap<>();
  private volatile @Nullable Contradiction contradiction;

  /** Witnesses that named another bundle of a version. */
  private final Set<AgencyName> naming = new HashSet<>();

  private long namedVersion;

  /** Sends messages to neighbours without blocking. */
  @FunctionalInterface
  public interface NeighbourLinks {
    /** Sends a message; true if the link accepted it, which does not guarantee delivery. */
    boolean say(AgencyName neighbour, TrustMessage word);
  }

  /** Listener for results; must be quick, since it runs on the receiving thread. */
  public interface Events {
    /** A neighbour handed over a bundle that is refused. */
    void refused(AgencyName neighbour, String hash, Refused why);

    /** A neighbour violated the protocol with an unusable part or statement. */
    void misspoke(AgencyName neighbour, Code code, String what);

    /**
     * Two bundles of the version in force exist, as a neighbour's copy or a witness's statement
     * proves. Called once for each hash.
     */
    void contradicted(Contradiction contradiction);

    /**
     * A neighbour now has this node's bundle in force. Resend messages that it had to refuse
     * before, such as keys under an unknown pair.
     */
    void caughtUp(AgencyName neighbour);

    /** A newer bundle could not be made durable; the node fetches it again. */
    void failed(IOException why);
  }

  /**
   * A second bundle with the version of the one in force.
   *
   * @param version of both
   * @param hash of the second one
   * @param from the neighbour that sent it, or the witness that stated it
   * @param note the second one, signed by enough roots; empty where only a witness named it
   */
  public record Contradiction(
      long version, String hash, AgencyName from, Optional<ByteBuffer> note) {
    private boolean covers(Contradiction other) {
      return version == other.version
          && hash.equals(other.hash)
          && (note.isPresent() || other.note.isEmpty());
    }
  }

  /** State of a neighbour that is up: messages sent and received. */
  private static final class Neighbour {
    private final RateLimit statements = new RateLimit(STATEMENTS_A_MINUTE, Duration.ofMinutes(1));
    private @Nullable String told;
    private @Nullable InForce said;
    private @Nullable String level;
  }

  /**
   * Gossip of a node.
   *
   * @param self the node's agency
   */
  public BundleGossip(
      AgencyName self,
      TrustStore store,
      FreshnessBoard board,
      NeighbourLinks links,
      Events events,
      InstantSource clock) {
    this.self = self;
    this.store = store;
    this.board = board;
    this.links = links;
    this.events = events;
    this.clock = clock;
  }

  /** Handles a neighbour that came up. */
  public void up(AgencyName neighbour) {
    up.put(neighbour, new Neighbour());
    tell(neighbour);
    sayStatements(neighbour);
  }

  /** Handles a neighbour that went down. */
  public void down(AgencyName neighbour) {
    up.remove(neighbour);
    exchange.gone(neighbour);
  }

  /** Handles a change of the bundle in force. */
  public void changed() {
    up.keySet().forEach(this::tell);
  }

  /** Sends due messages; call it about every second. */
  public void round() {
    board.due(clock.instant()).forEach(note -> stated(self, note));
    for (AgencyName neighbour : up.keySet()) {
      tell(neighbour);
      exchange
          .next(neighbour, store.current(), clock.instant())
          .ifPresent(ask -> links.say(neighbour, ask));
      if (caughtUp(neighbour)) {
        events.caughtUp(neighbour);
        sayStatements(neighbour);
      }
    }
  }

  /** Makes this witness's freshness statement if the node is a witness and a statement is due. */
  public void state(SigningPair pair) {
    TrustBundle bundle = store.current();
    boolean counts =
        bundle.agency(self).stream()
            .flatMap(member -> member.signing().stream())
            .filter(key -> key.validAt(clock.instant()))
            .anyMatch(key -> key.id().equals(pair.verifyingPair().id()));
    if (counts
        && bundle.has(self, AgencyRole.WITNESS)
        && board.isDue(self, bundle, clock.instant())) {
      byte[] note = Freshness.state(bundle, self, pair, clock.instant());
      board
          .offer(note, bundle, clock.instant())
          .orElseGet(refused -> Optional.empty())
          .ifPresent(said -> up.keySet().forEach(neighbour -> sayStatement(neighbour, note)));
    }
  }

  /** The second bundle of the version in force, if one was found. */
  public Optional<Contradiction> contradiction() {
    return Optional.ofNullable(contradiction)
        .filter(one -> one.version() == store.current().version());
  }

  /** The version that each neighbour that is up states to have in force. */
  public Map<AgencyName, Long> versions() {
    Map<AgencyName, Long> versions = new java.util.TreeMap<>();
    up.forEach(
        (name, neighbour) -> {
          synchronized (neighbour) {
            if (neighbour.said != null) {
              versions.put(name, neighbour.said.version());
            }
          }
        });
    return versions;
  }

  /** Handles a message of a neighbour that is up; ignores former members. */
  public void heard(AgencyName from, TrustMessage word) {
    Neighbour neighbour = up.get(from);
    if (neighbour == null || !store.current().isMember(from)) {
      return;
    }
    if (word instanceof InForce claim) {
      claimed(from, neighbour, claim);
    } else if (word instanceof PartRequest ask) {
      exchange.answer(from, ask, this::asked, clock.instant()).ifPresent(p -> links.say(from, p));
    } else if (word instanceof Part part) {
      took(from, exchange.part(from, part, store.current(), clock.instant()));
    } else if (word instanceof FreshnessNotice stated && mayState(neighbour)) {
      stated(from, bytes(stated.note()));
    }
  }

  private Optional<TrustBundle> asked(PartRequest ask) {
    return ask.hash().isEmpty() ? store.nextAfter(ask.have()) : store.withHash(ask.hash());
  }

  private boolean mayState(Neighbour neighbour) {
    synchronized (neighbour) {
      boolean left = neighbour.statements.isLeft(clock.instant());
      neighbour.statements.spend();
      return left;
    }
  }

  private void claimed(AgencyName from, Neighbour neighbour, InForce claim) {
    synchronized (neighbour) {
      // A new stream starts with all messages anyway.
      if (neighbour.said == null && claim.hash().equals(store.current().hash())) {
        neighbour.level = claim.hash();
      }
      neighbour.said = claim;
    }
    exchange
        .heard(from, claim, store.current(), clock.instant())
        .ifPresent(ask -> links.say(from, ask));
  }

  /** Whether a neighbour has reached this node's bundle in force since the last check. */
  private boolean caughtUp(AgencyName name) {
    Neighbour neighbour = up.get(name);
    String here = store.current().hash();
    if (neighbour == null) {
      return false;
    }
    synchronized (neighbour) {
      boolean reached =
          neighbour.said != null
              && neighbour.said.hash().equals(here)
              && !here.equals(neighbour.level);
      if (reached) {
        neighbour.level = here;
      }
      return reached;
    }
  }

  private void took(AgencyName from, BundleExchange.Next next) {
    if (next instanceof BundleExchange.Next.More more) {
      links.say(from, more.ask());
    } else if (next instanceof BundleExchange.Next.Whole whole) {
      judge(from, whole);
    } else {
      events.misspoke(from, Code.MALFORMED, "a part of a trust bundle that was not requested");
    }
  }

  private void judge(AgencyName from, BundleExchange.Next.Whole whole) {
    long before = store.current().version();
    byte[] note = bytes(whole.note());
    BundleVerdict verdict;
    try {
      verdict = store.offer(note);
    } catch (IOException e) {
      events.failed(e);
      return;
    }
    TrustBundle now = store.current();
    boolean helped = now.version() > before || now.hash().equals(whole.claimed());
    exchange.judged(from, whole.claimed(), helped, clock.instant());
    if (verdict instanceof Refused refused && !helped) {
      events.refused(from, whole.claimed(), refused);
      if (refused.fault() == BundleFault.EQUIVOCATION) {
        String hash = BundleDraft.parse(note).fingerprint().hex();
        contradicted(
            new Contradiction(now.version(), hash, from, Optional.of(ByteBuffer.wrap(note))));
      }
    }
    exchange.next(from, now, clock.instant()).ifPresent(ask -> links.say(from, ask));
  }

  private void contradicted(Contradiction found) {
    synchronized (this) {
      Contradiction known = contradiction;
      if (known != null && known.covers(found)) {
        return;
      }
      if (found.note().isEmpty() && !isFirstOf(found)) {
        return;
      }
      contradiction = found;
    }
    events.contradicted(found);
  }

  /**
   * Whether a witness names another bundle of this version for the first time: it can invent a hash
   * for each statement. Requires the lock.
   */
  private boolean isFirstOf(Contradiction named) {
    if (named.version() != namedVersion) {
      namedVersion = named.version();
      naming.clear();
    }
    return naming.add(named.from());
  }

  private void stated(AgencyName from, byte[] note) {
    TrustBundle bundle = store.current();
    board
        .offer(note, bundle, clock.instant())
        .orElseGet(
            refused -> {
              events.misspoke(from, refused.code(), "a freshness statement: " + refused.message());
              return Optional.empty();
            })
        .ifPresent(said -> forward(from, note, said, bundle));
  }

  private void forward(AgencyName from, byte[] note, Freshness said, TrustBundle bundle) {
    up.keySet().stream()
        .filter(neighbour -> !neighbour.equals(from))
        .forEach(neighbour -> sayStatement(neighbour, note));
    if (said.version() == bundle.version() && !said.hash().equals(bundle.hash())) {
      contradicted(new Contradiction(said.version(), said.hash(), said.agency(), Optional.empty()));
    }
  }

  /**
   * Announces the bundle in force to a neighbour, unless it knows it or has left the federation.
   */
  private void tell(AgencyName name) {
    Neighbour neighbour = up.get(name);
    TrustBundle bundle = store.current();
    if (neighbour == null || !bundle.isMember(name)) {
      return;
    }
    synchronized (neighbour) {
      if (!bundle.hash().equals(neighbour.told)
          && links.say(name, new InForce(bundle.version(), bundle.hash()))) {
        neighbour.told = bundle.hash();
      }
    }
  }

  private void sayStatements(AgencyName neighbour) {
    List<byte[]> notes = board.notes(store.current());
    notes.forEach(note -> sayStatement(neighbour, note));
  }

  private void sayStatement(AgencyName neighbour, byte[] note) {
    if (store.current().isMember(neighbour)) {
      links.say(neighbour, new FreshnessNotice(ByteBuffer.wrap(note)));
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] out = new byte[buffer.remaining()];
    buffer.duplicate().get(out);
    return out;
  }
}
