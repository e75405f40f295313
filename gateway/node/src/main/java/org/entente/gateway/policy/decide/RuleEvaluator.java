package org.entente.gateway.policy.decide;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementCheck;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.gateway.policy.terms.Coverage;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * A rulebook applied to a membership: gives the ruling on one transfer. Pure; safe for use by
 * several threads.
 *
 * <p>Order. Of the agreements that cover the two agencies, the one that names them more exactly is
 * tried first (an agency by name counts 3, by jurisdiction 2, by group 1, as any member 0; both
 * sides added). Ties go to the agreement with fewer categories, then to the lower id. The first
 * agreement that permits decides. The national classification or a rule of the node may still
 * refuse, and so does an agreement whose condition cannot be evaluated, since it might have
 * refused. If none permits, the refusal reports an agreement about the message's category before
 * others, then the one that fails the fewest tests, then the earlier.
 */
public final class RuleEvaluator {
  /** Most pairs of agencies whose sorted agreements are cached: all pairs of 200 agencies. */
  private static final int MOST_PAIRS = 40_000;

  private final Rulebook rulebook;
  private final List<Coverage> coverages;
  private final Map<String, Coverage> byId;
  private final AgreementCheck tests;
  private final ClassificationCheck classification;

  /**
   * Keeps the cost of a decision proportional to the pair's own agreements, however many others
   * there are.
   */
  private final Cache<Pair, List<Agreement>> covering =
      Caffeine.newBuilder().maximumSize(MOST_PAIRS).executor(Runnable::run).build();

  private record Pair(AgencyName origin, AgencyName recipient) {}

  /** An agreement with the reasons why a transfer fails it. */
  record Attempt(Agreement agreement, List<AgreementMismatch> failures) {
    /** Whether its only failure is a condition that cannot be evaluated. */
    boolean isUndecided() {
      return !failures.isEmpty()
          && failures.stream().allMatch(it -> it.code() == Code.CONDITION_FAILED);
    }

    /** Whether the agreement covers the message's category. */
    boolean isAbout(Label label) {
      return agreement.covers().categories().contains(label.getCategory());
    }
  }

  public RuleEvaluator(Rulebook rulebook, Membership membership) {
    this.rulebook = rulebook;
    this.coverages = rulebook.agreements().stream().map(a -> new Coverage(a, membership)).toList();
    this.byId =
        coverages.stream()
            .collect(
                Collectors.toMap(it -> it.agreement().id(), it -> it, (first, other) -> first));
    this.tests = new AgreementCheck(membership);
    this.classification = new ClassificationCheck(rulebook.codes(), membership);
  }

  /** The sharing markings that are known. */
  Set<String> markings() {
    return rulebook.codes().markings();
  }

  /** Every condition of the rulebook. */
  public Stream<Condition> conditions() {
    return rulebook.conditions();
  }

  /** The ruling of the sender's gateway. */
  public Ruling egress(Transfer transfer) {
    String named = transfer.label().getAgreement();
    if (!named.isEmpty()) {
      return narrowed(true, transfer, named(true, named, transfer, Code.AGREEMENT_NAMED_REFUSES));
    }
    List<Attempt> attempts = attempts(transfer);
    for (Attempt attempt : attempts) {
      if (attempt.failures().isEmpty()) {
        return narrowed(true, transfer, new Ruling.Allowed(attempt.agreement()));
      }
      if (attempt.isUndecided()) {
        return denied(transfer, attempt, RuleEvaluator::atFirst);
      }
    }
    return attempts.stream()
        .min(
            Comparator.comparing((Attempt attempt) -> !attempt.isAbout(transfer.label()))
                .thenComparingInt(attempt -> attempt.failures().size()))
        .map(closest -> denied(transfer, closest, RuleEvaluator::atFirst))
        .orElseGet(() -> noAgreement(transfer));
  }

  /**
   * The ruling under the agreement that a complete label names: at the recipient, and before each
   * transmission.
   */
  public Ruling underNamed(boolean egress, Transfer transfer) {
    Code absent = egress ? Code.AGREEMENT_ENDED : Code.NO_AGREEMENT;
    Transfer complete = transfer.complete();
    String id = complete.label().getAgreement();
    return narrowed(egress, complete, named(egress, id, complete, absent));
  }

  /** An agreement with the agencies that its parties expand to; empty if it is not known here. */
  Optional<Coverage> coverage(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The categories in which some agreement in force permits a kind of message. */
  Set<Category> categories(Kind kind, AgencyName origin, AgencyName recipient, Instant now) {
    return coverages.stream()
        .filter(it -> it.covers(origin, recipient))
        .map(Coverage::agreement)
        .filter(it -> it.validity().includes(now) && it.covers().kinds().contains(kind))
        .flatMap(it -> it.covers().categories().stream())
        .collect(Collectors.toSet());
  }

  /** The result of each agreement that covers the pair, in the order tried. */
  List<Attempt> attempts(Transfer transfer) {
    return ordered(transfer.origin(), transfer.recipient()).stream()
        .map(agreement -> new Attempt(agreement, tests.failures(agreement, transfer)))
        .toList();
  }

  /** The agreements that do not cover the pair. */
  List<Agreement> others(AgencyName origin, AgencyName recipient) {
    return coverages.stream()
        .filter(it -> !it.covers(origin, recipient))
        .map(Coverage::agreement)
        .toList();
  }

  private List<Agreement> ordered(AgencyName origin, AgencyName recipient) {
    return covering.get(new Pair(origin, recipient), this::sorted);
  }

  private List<Agreement> sorted(Pair pair) {
    return coverages.stream()
        .filter(it -> it.covers(pair.origin(), pair.recipient()))
        .sorted(order(pair.origin(), pair.recipient()))
        .map(Coverage::agreement)
        .toList();
  }

  /** The order in which agreements that cover a pair are tried. */
  public static Comparator<Coverage> order(AgencyName origin, AgencyName recipient) {
    return Comparator.<Coverage>comparingInt(it -> -it.specificity(origin, recipient))
        .thenComparingInt(it -> it.agreement().covers().categories().size())
        .thenComparing(it -> it.agreement().id());
  }

  private Ruling named(boolean egress, String id, Transfer transfer, Code code) {
    // A client learns no more of an agreement of other agencies than of one that does not exist.
    Optional<Coverage> found = coverage(id).filter(it -> !egress || it.isParty(transfer.origin()));
    if (found.isEmpty()) {
      String shown = InvalidValue.printable(id);
      return refused(transfer, code, shown, "agreement " + shown + " is not known here");
    }
    Coverage coverage = found.get();
    if (!coverage.covers(transfer.origin(), transfer.recipient())) {
      String parties = coverage.agreement().parties().words();
      return refused(
          transfer, code, id + "/between", pair(transfer) + "; this agreement covers " + parties);
    }
    List<AgreementMismatch> failures = tests.failures(coverage.agreement(), transfer);
    if (failures.isEmpty()) {
      return new Ruling.Allowed(coverage.agreement());
    }
    boolean named = code == Code.AGREEMENT_NAMED_REFUSES;
    return denied(
        transfer,
        new Attempt(coverage.agreement(), failures),
        failure -> named ? code : failure.code());
  }

  /**
   * The checks that narrow an agreement's permission: the classification scheme and the node's own
   * rules.
   */
  private Ruling narrowed(boolean egress, Transfer transfer, Ruling ruling) {
    if (ruling instanceof Ruling.Denied) {
      return ruling;
    }
    Optional<AgreementMismatch> marked =
        classification.failure(transfer.label(), transfer.recipient());
    if (marked.isPresent()) {
      return refused(transfer, marked.get().code(), marked.get().field(), marked.get().reason());
    }
    Transfer judged = transfer.judgedWithout(((Ruling.Allowed) ruling).agreement().redactions());
    for (NodeRule rule : rulebook.nodeRules()) {
      if (rule.applies(egress) && !(egress && rule.readsWithheld(judged.label()))) {
        Optional<AgreementMismatch> refusal = rule.refusal(judged);
        if (refusal.isPresent()) {
          return refused(
              transfer, refusal.get().code(), "node/" + rule.id(), refusal.get().reason());
        }
      }
    }
    return ruling;
  }

  /** For a message that never waited, an ended agreement counts as none. */
  private static Code atFirst(AgreementMismatch failure) {
    return failure.code() == Code.AGREEMENT_ENDED ? Code.NO_AGREEMENT : failure.code();
  }

  private static Ruling denied(
      Transfer transfer, Attempt attempt, Function<AgreementMismatch, Code> code) {
    AgreementMismatch first = attempt.failures().get(0);
    String reasons =
        attempt.failures().stream()
            .map(AgreementMismatch::reason)
            .collect(Collectors.joining("; also "));
    return refused(
        transfer, code.apply(first), attempt.agreement().id() + "/" + first.field(), reasons);
  }

  private static Ruling noAgreement(Transfer transfer) {
    return refused(transfer, Code.NO_AGREEMENT, "", "no agreement covers " + pair(transfer));
  }

  private static String pair(Transfer transfer) {
    return transfer.origin() + " to " + transfer.recipient();
  }

  private static Ruling refused(Transfer transfer, Code code, String rule, String reason) {
    return new Ruling.Denied(new Refusal(transfer.recipient().value(), code, rule, reason));
  }
}
