package org.entente.gateway.policy.terms;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.codes.CodeLists;

/**
 * Every agreement, node rule and code list that a node applies, validated as a whole. Immutable.
 *
 * <p>The version is a hash of the files' names and contents: equal files give equal versions in any
 * reading order.
 */
public final class Rulebook {
  private final String version;
  private final List<Agreement> agreements;
  private final List<NodeRule> nodeRules;
  private final CodeLists codes;

  public Rulebook(
      String version, List<Agreement> agreements, List<NodeRule> nodeRules, CodeLists codes) {
    this.codes = codes;
    this.version = version;
    this.agreements = agreements.stream().sorted((a, b) -> a.id().compareTo(b.id())).toList();
    this.nodeRules = List.copyOf(nodeRules);
  }

  /** The result of loading. */
  public sealed interface LoadResult {
    /**
     * The files are valid.
     *
     * @param rulebook the rulebook
     * @param warnings oddities in the files, such as an agreement that has ended
     * @param ofMembers what is wrong under the present members and groups. Transfers that it
     *     concerns are refused; all others are decided as usual.
     */
    record Loaded(Rulebook rulebook, List<ConfigProblem> warnings, List<ConfigProblem> ofMembers)
        implements LoadResult {
      public Loaded {
        warnings = List.copyOf(warnings);
        ofMembers = List.copyOf(ofMembers);
      }

      /** The result for the author of the files: any problem of members makes them invalid. */
      public LoadResult strict() {
        return ofMembers.isEmpty() ? this : new Invalid(ofMembers, warnings);
      }
    }

    /**
     * The files are invalid. None of them may be used.
     *
     * @param problems every problem found
     * @param warnings the oddities found beside them
     */
    record Invalid(List<ConfigProblem> problems, List<ConfigProblem> warnings)
        implements LoadResult {
      public Invalid {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
      }
    }
  }

  /** The code lists. */
  public CodeLists codes() {
    return codes;
  }

  /** {@code sha256:} and 16 hex digits. */
  public String version() {
    return version;
  }

  /** The agreements in the order of their ids. */
  public List<Agreement> agreements() {
    return agreements;
  }

  /** The agreement with this id. */
  public Optional<Agreement> agreement(String id) {
    return agreements.stream().filter(a -> a.id().equals(id)).findFirst();
  }

  /** Whether an agreement is in force at a time that lets an agency send or receive anything. */
  public boolean isPartyAt(Instant time, AgencyName agency, Membership membership) {
    return agreements.stream()
        .filter(agreement -> agreement.validity().includes(time))
        .anyMatch(agreement -> new Coverage(agreement, membership).isParty(agency));
  }

  public List<NodeRule> nodeRules() {
    return nodeRules;
  }

  /** Every condition in the rulebook. */
  public Stream<Condition> conditions() {
    return Stream.concat(
        agreements.stream().flatMap(a -> a.covers().condition().stream()),
        nodeRules.stream().map(NodeRule::condition));
  }

  @Override
  public String toString() {
    return "rulebook " + version + " of " + agreements.size() + " agreements";
  }
}
