package org.entente.gateway.policy.analysis;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelFieldCheck;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.check.ValidationErrors;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.RuleEvaluator;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.Coverage;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.RecipientContent;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.gateway.trust.AgencyKind;
import org.entente.proto.v1.Label;

/**
 * Searches for transfers of one agency that two rulebooks decide differently. Use an instance once,
 * by one thread.
 *
 * <p>It tries every combination of: each {@link LabelSpace label} that either rulebook can
 * distinguish; each pair of this agency and another that either treats differently; a body of each
 * size between two limits; now, and each future start and end of an agreement. If there are more
 * combinations than requested, it draws that many at random, half of them among agreements that
 * differ between the two. If a condition tests a text or the time, some of its values are not
 * tried. The outcome reports both cases: it is then a result of the search and no proof.
 */
public final class RulebookComparison {
  /** Default number of combinations; takes some seconds. */
  public static final long DEFAULT_MOST = 200_000;

  private static final long SEED = 1;

  private final RuleEvaluator current;
  private final RuleEvaluator candidate;
  private final CodeLists codes;
  private final boolean sameCodes;
  private final Membership membership;
  private final AgencyName self;
  private final List<Agreement> agreements;
  private final List<Agreement> differing;
  private final List<Condition> conditions;
  private final boolean withholds;
  private final LabelSpace space;
  private final List<Scene> scenes;
  private final List<Long> sizes;
  private final List<Instant> times;
  private long tried;
  private Optional<Difference> wider = Optional.empty();
  private Optional<Difference> narrower = Optional.empty();
  private Optional<Difference> other = Optional.empty();

  /** The candidate's relation to the rules in force. */
  public enum Relation {
    /** No difference was found. */
    EQUIVALENT,
    /** The candidate permits less in some cases and more in none. */
    NARROWER,
    /** The candidate permits more in some cases and less in none. */
    WIDER,
    /** The candidate permits more in some cases and less in others. */
    DISJOINT
  }

  /**
   * A transfer that the two rulebooks decide differently.
   *
   * @param egress whether this agency sends; otherwise it receives
   * @param origin the sender
   * @param recipient the possible recipient
   * @param label the label
   * @param bodyBytes size of the body
   * @param namesPersons whether the only personal data are persons that the body names
   * @param at the time
   * @param current the verdict of the rules in force
   * @param candidate the verdict of the candidate
   * @param how each difference in words
   */
  public record Difference(
      boolean egress,
      AgencyName origin,
      AgencyName recipient,
      Label label,
      long bodyBytes,
      boolean namesPersons,
      Instant at,
      TransferVerdict current,
      TransferVerdict candidate,
      List<String> how) {
    public Difference {
      how = List.copyOf(how);
    }
  }

  /**
   * The result of the search.
   *
   * @param relation the candidate's relation to the rules in force
   * @param wider a transfer for which it permits more
   * @param narrower a transfer for which it permits less
   * @param other a transfer with the same terms under another agreement
   * @param tried the number of combinations tried
   * @param incomplete why the search is no proof; empty if it is one. A search that found both a
   *     wider and a narrower transfer is a proof: further combinations would not change the
   *     relation
   */
  public record Outcome(
      Relation relation,
      Optional<Difference> wider,
      Optional<Difference> narrower,
      Optional<Difference> other,
      long tried,
      List<String> incomplete) {
    public Outcome {
      incomplete = List.copyOf(incomplete);
    }
  }

  /**
   * A sender and a recipient. At the sender, also whether the only personal data are persons that
   * the body names; at the recipient, also the agreement named in the label and its terms.
   */
  private record Scene(
      boolean egress,
      AgencyName origin,
      AgencyName recipient,
      boolean namesPersons,
      String agreement,
      int retention,
      Redactions redactions) {
    static Scene to(AgencyName origin, AgencyName recipient, boolean namesPersons) {
      return new Scene(true, origin, recipient, namesPersons, "", 0, Redactions.NONE);
    }
  }

  /**
   * A comparison.
   *
   * @param self the agency whose gateway decides
   * @param now the start of the period considered
   */
  public RulebookComparison(
      Rulebook current, Rulebook candidate, Membership membership, AgencyName self, Instant now) {
    this.current = new RuleEvaluator(current, membership);
    this.candidate = new RuleEvaluator(candidate, membership);
    this.codes = candidate.codes();
    this.sameCodes = current.codes().entries().equals(candidate.codes().entries());
    this.membership = membership;
    this.self = self;
    this.agreements =
        Stream.concat(current.agreements().stream(), candidate.agreements().stream()).toList();
    this.differing = differing(current, candidate);
    this.conditions = Stream.concat(current.conditions(), candidate.conditions()).toList();
    this.withholds = agreements.stream().anyMatch(it -> it.redactions().isOfBodies());
    this.space = LabelSpace.of(agreements, conditions);
    this.scenes = scenes();
    this.sizes =
        LongStream.concat(
                LongStream.of(0),
                agreements.stream().mapToLong(it -> it.obligations().maxMessageBytes() + 1L))
            .distinct()
            .boxed()
            .toList();
    this.times = times(now);
  }

  private static List<Agreement> differing(Rulebook one, Rulebook two) {
    return Stream.concat(
            one.agreements().stream().filter(it -> !same(it, two.agreement(it.id()))),
            two.agreements().stream().filter(it -> !same(it, one.agreement(it.id()))))
        .toList();
  }

  private static boolean same(Agreement one, Optional<Agreement> found) {
    return found
        .map(
            two ->
                one.law().equals(two.law())
                    && one.parties().words().equals(two.parties().words())
                    && withoutCondition(one).equals(withoutCondition(two))
                    && source(one).equals(source(two))
                    && one.obligations().equals(two.obligations())
                    && one.redactions().equals(two.redactions())
                    && one.validity().equals(two.validity()))
        .orElse(false);
  }

  private static Agreement.Covers withoutCondition(Agreement agreement) {
    Agreement.Covers it = agreement.covers();
    return new Agreement.Covers(
        it.kinds(),
        it.categories(),
        it.purposes(),
        it.ceiling(),
        it.handling(),
        it.personalData(),
        null);
  }

  private static Optional<String> source(Agreement agreement) {
    return agreement.covers().condition().map(Condition::source);
  }

  private List<Scene> scenes() {
    List<Scene> scenes = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    boolean byName = conditions.stream().anyMatch(Condition::readsAgencies);
    for (AgencyName peer : membership.agencies()) {
      if (peer.equals(self)) {
        continue;
      }
      if (byName || seen.add(List.of("to", signature(self, peer)))) {
        scenes.add(Scene.to(self, peer, false));
        if (withholds) {
          scenes.add(Scene.to(self, peer, true));
        }
      }
      if (byName || seen.add(List.of("from", signature(peer, self)))) {
        incoming(peer, scenes);
      }
    }
    return scenes;
  }

  /** Pairs with equal signatures are treated alike by every agreement of both rulebooks. */
  private List<Integer> signature(AgencyName origin, AgencyName recipient) {
    boolean change =
        membership.kind(origin) == AgencyKind.CUSTOMS
            && membership.kind(recipient) == AgencyKind.POLICE;
    return Stream.concat(
            Stream.of(change ? 1 : 0),
            agreements.stream()
                .map(it -> new Coverage(it, membership).specificity(origin, recipient)))
        .toList();
  }

  private void incoming(AgencyName peer, Collection<Scene> scenes) {
    Set<List<Object>> named = new HashSet<>();
    for (Agreement agreement : agreements) {
      boolean covers = new Coverage(agreement, membership).covers(peer, self);
      int retention = agreement.obligations().retentionDays();
      Redactions redactions = agreement.redactions();
      if (covers && named.add(List.of(agreement.id(), retention, redactions))) {
        scenes.add(new Scene(false, peer, self, false, agreement.id(), retention, redactions));
      }
    }
  }

  private List<Instant> times(Instant now) {
    TreeSet<Instant> times = new TreeSet<>(Set.of(now));
    agreements.stream()
        .map(Agreement::validity)
        .flatMap(it -> Stream.concat(Stream.of(it.begins()), it.ends().stream()))
        .forEach(times::add);
    conditions.stream()
        .filter(Condition::readsNow)
        .flatMap(it -> it.texts().stream())
        .flatMap(RulebookComparison::instants)
        .forEach(times::add);
    return List.copyOf(times.tailSet(now));
  }

  /** A time that occurs in a condition, and the moments next to it. */
  private static Stream<Instant> instants(String text) {
    try {
      Instant at = Instant.parse(text);
      return Stream.of(at.minusSeconds(1), at, at.plusSeconds(1));
    } catch (DateTimeException e) {
      return Stream.empty();
    }
  }

  /** Runs the search. */
  public Outcome search(long most) {
    long others = (long) scenes.size() * sizes.size() * times.size();
    boolean all = others == 0 || space.size() <= most / others;
    if (all) {
      tryAll();
    } else {
      draw(most);
    }
    return new Outcome(
        relation(), wider, narrower, other, tried, isShown() ? List.of() : incomplete(all, others));
  }

  /** Whether a message that a client can send shows each direction. */
  private boolean isShown() {
    return isDecided()
        && wider.filter(this::isSendable).isPresent()
        && narrower.filter(this::isSendable).isPresent();
  }

  private boolean isSendable(Difference found) {
    ValidationErrors findings = new ValidationErrors(true);
    new LabelFieldCheck(MessageLimits.of(codes, MessageLimits.DEFAULT_MAX_BODY_BYTES), findings)
        .draft(found.label().toBuilder().clearRetentionDays().clearRedacted().build(), found.at());
    return findings.list().isEmpty();
  }

  private List<String> incomplete(boolean all, long others) {
    List<String> incomplete = new ArrayList<>();
    if (!all) {
      incomplete.add(
          String.format(
              Locale.ROOT,
              "%d combinations of about %.0f were tried; more with --most",
              tried,
              (double) space.size() * others));
    }
    if (!space.isWhole()) {
      incomplete.add(
          "of "
              + String.join(", ", space.partial())
              + ", only values that occur in conditions were tried");
    }
    if (!sameCodes) {
      incomplete.add(
          "the code lists differ, and only the national classifications and sharing markings of "
              + "conditions were tried");
    }
    if (withholds) {
      incomplete.add(
          "an agreement withholds fields of bodies; neither documents nor bodies that become "
              + "invalid by this were tried");
    }
    if (conditions.stream().anyMatch(Condition::readsNow)) {
      incomplete.add("a condition reads the time, for which only some moments were tried");
    }
    return incomplete;
  }

  private Relation relation() {
    if (wider.isPresent()) {
      return narrower.isPresent() ? Relation.DISJOINT : Relation.WIDER;
    }
    return narrower.isPresent() ? Relation.NARROWER : Relation.EQUIVALENT;
  }

  private boolean isDecided() {
    return wider.isPresent() && narrower.isPresent();
  }

  private void tryAll() {
    space
        .labels(space.size(), SEED)
        .takeWhile(label -> !isDecided())
        .forEach(
            label -> {
              for (Scene scene : scenes) {
                for (long size : sizes) {
                  times.forEach(time -> compare(scene, label, size, time));
                }
              }
            });
  }

  private void draw(long most) {
    List<LabelSpace> likely =
        (differing.isEmpty() ? agreements : differing)
            .stream().map(it -> space.within(it.covers())).filter(it -> it.size() > 0).toList();
    long each = likely.isEmpty() ? 0 : most / 2 / likely.size();
    SplittableRandom random = new SplittableRandom(SEED);
    likely.forEach(labels -> draw(labels, each, random));
    draw(space, most - each * likely.size(), random);
  }

  private void draw(LabelSpace labels, long count, SplittableRandom random) {
    labels
        .drawn(random)
        .limit(count)
        .takeWhile(label -> !isDecided())
        .forEach(
            label ->
                compare(
                    any(scenes, random),
                    label,
                    // Most bodies are small, and a size that all agreements accept shows the other
                    // terms.
                    random.nextInt(4) == 0 ? any(sizes, random) : 0,
                    any(times, random)));
  }

  private static <E> E any(List<E> from, SplittableRandom random) {
    return from.get(random.nextInt(from.size()));
  }

  private void compare(Scene scene, Label drawn, long size, Instant at) {
    tried++;
    Label label =
        scene.egress()
            ? drawn
            : scene.redactions().label(drawn).toBuilder()
                .setAgreement(scene.agreement())
                .setRetentionDays(scene.retention())
                .addAllRedacted(scene.redactions().of(drawn.getKind()))
                .build();
    RecipientContent content =
        scene.namesPersons()
            ? RecipientContent.naming(label, size)
            : RecipientContent.unseen(label, size);
    Transfer transfer = new Transfer(label, size, scene.origin(), scene.recipient(), at, content);
    TransferVerdict before = verdict(current, scene, transfer);
    TransferVerdict after = verdict(candidate, scene, transfer);
    VerdictChange change = VerdictChange.between(before, after, scene.egress());
    if (change.isNone()) {
      return;
    }
    Difference found =
        new Difference(
            scene.egress(),
            scene.origin(),
            scene.recipient(),
            label,
            size,
            scene.namesPersons() && label.getPersonalData(),
            at,
            before,
            after,
            change.how());
    wider = wider.or(() -> Optional.of(found).filter(it -> change.wider()));
    narrower = narrower.or(() -> Optional.of(found).filter(it -> change.narrower()));
    other = other.or(() -> Optional.of(found).filter(it -> !change.wider() && !change.narrower()));
  }

  private static TransferVerdict verdict(RuleEvaluator rules, Scene scene, Transfer transfer) {
    return TransferVerdict.of(
        scene.egress() ? rules.egress(transfer) : rules.underNamed(false, transfer),
        scene.egress(),
        transfer.label());
  }
}
