package org.entente.gateway.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.trust.BundleVerdict.Refused;
import org.entente.gateway.trust.TrustMessage.FreshnessNotice;
import org.entente.gateway.trust.TrustMessage.InForce;
import org.entente.gateway.trust.TrustMessage.Part;
import org.entente.gateway.trust.TrustMessage.PartRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a node says to its neighbours about trust bundles, and what it does about what they say:
 * whoever has a newer bundle hands it on, so that one that was put in place at a single node
 * reaches all that are linked with it, through transits too.
 *
 * <p>Neighbours are told which bundle is in force here when they come up and on every change, and
 * ask for it; a change of the roots is taken step by step. Only {@link TrustStore} puts anything in
 * force. Witnesses' statements are passed on to neighbours, each once. What could not be said, for
 * want of room in a link, is said in a later {@link #round}. Links are spoken through {@link Links}
 * alone. Safe for use by many threads.
 */
public final class BundleGossip {
  /** All witnesses that a bundle can name, twice: what is more is not looked at. */
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

  /** Where words to neighbours go. Does not wait for anybody. */
  @FunctionalInterface
  public interface NeighbourLinks {
    /** Whether the link took the word; true is no promise that it arrives. */
    boolean say(AgencyName neighbour, TrustMessage word);
  }

  /** Who is told what came of it; quick, and called on the thread that brought the word. */
  public interface Events {
    /** A neighbour handed over a bundle that is refused. */
    void refused(AgencyName neighbour, String hash, Refused why);

    /** A neighbour said what it must not: a part or statement that nobody can use. */
    void misspoke(AgencyName neighbour, Code code, String what);

    /**
     * Two bundles of the version in force exist, as a neighbour's copy or a witness's word proves.
     * Told once for each hash.
     */
    void contradicted(Contradiction contradiction);

    /**
     * A neighbour now has the bundle that is in force here: what it had to refuse before, such as
     * keys under a pair that it did not know, is worth saying again.
     */
    void caughtUp(AgencyName neighbour);

    /** A newer bundle could not be made durable; it is fetched again. */
    void failed(IOException why);
  }

  /**
   * Another bundle of a version than the one in force here.
   *
   * @param version of both
   * @param hash of the other one
   * @param from the neighbour that handed it over, or the witness that stated it
   * @param note the other one, as it was signed by enough roots; empty where only a witness named
   *     it
   */
  public record Contradiction(
      long version, String hash, AgencyName from, Optional<ByteBuffer> note) {
    private boolean covers(Contradiction other) {
      return version == other.version
          && hash.equals(other.hash)
          && (note.isPresent() || other.note.isEmpty());
    }
  }

  /** What a neighbour that is up was told and said. */
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

  /** Words to a neighbour go through from now on. */
  public void up(AgencyName neighbour) {
    up.put(neighbour, new Neighbour());
    tell(neighbour);
    sayStatements(neighbour);
  }

  /** A neighbour is gone. */
  public void down(AgencyName neighbour) {
    up.remove(neighbour);
    exchange.gone(neighbour);
  }

  /** Another bundle is in force. */
  public void changed() {
    up.keySet().forEach(this::tell);
  }

  /** Says what is due; to be called about every second. */
  public void round() {
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

  /** States, as a witness, which bundle is in force here, if it is one and that is due. */
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
      if (board.offer(note, bundle, clock.instant()) instanceof FreshnessBoard.Offer.Taken) {
        up.keySet().forEach(neighbour -> sayStatement(neighbour, note));
      }
    }
  }

  /** The other bundle of the version in force, if one was met. */
  public Optional<Contradiction> contradiction() {
    return Optional.ofNullable(contradiction)
        .filter(one -> one.version() == store.current().version());
  }

  /** Which version each neighbour that is up says it has in force. */
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

  /** A neighbour that is up said something; one that is no member any more is not heard. */
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
      // At the start of a stream everything is said anyway.
      if (neighbour.said == null && claim.hash().equals(store.current().hash())) {
        neighbour.level = claim.hash();
      }
      neighbour.said = claim;
    }
    exchange
        .heard(from, claim, store.current(), clock.instant())
        .ifPresent(ask -> links.say(from, ask));
  }

  /** Whether a neighbour has reached the bundle in force here since it was last asked. */
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
      events.misspoke(from, Code.MALFORMED, "a part of a trust bundle that nobody asked for");
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
      contradiction = found;
    }
    events.contradicted(found);
  }

  private void stated(AgencyName from, byte[] note) {
    TrustBundle bundle = store.current();
    FreshnessBoard.Offer offer = board.offer(note, bundle, clock.instant());
    if (offer instanceof FreshnessBoard.Offer.Refused refused) {
      events.misspoke(from, refused.code(), "a freshness statement: " + refused.reason());
    } else if (offer instanceof FreshnessBoard.Offer.Taken taken) {
      up.keySet().stream()
          .filter(neighbour -> !neighbour.equals(from))
          .forEach(neighbour -> sayStatement(neighbour, note));
      Freshness said = taken.freshness();
      if (said.version() == bundle.version() && !said.hash().equals(bundle.hash())) {
        contradicted(
            new Contradiction(said.version(), said.hash(), said.agency(), Optional.empty()));
      }
    }
  }

  /** Tells a neighbour what is in force here, unless it knows. Who has left is not told. */
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
