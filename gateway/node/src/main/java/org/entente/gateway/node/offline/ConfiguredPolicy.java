package org.entente.gateway.node.offline;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.analysis.ExpectationSuite;
import org.entente.gateway.policy.analysis.PolicyReplay;
import org.entente.gateway.policy.analysis.RulebookComparison;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.BundleMembership;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Rulebook;
import org.jspecify.annotations.Nullable;

/**
 * The policy that a node's configuration describes, for an operator's queries, whether or not the
 * node runs. Its members are those of the trust bundle that a start would use.
 */
public final class ConfiguredPolicy {
  private final ConfiguredFiles files;
  private final Membership membership;
  private final InstantSource clock;

  private ConfiguredPolicy(ConfiguredFiles files, Membership membership, InstantSource clock) {
    this.files = files;
    this.membership = membership;
    this.clock = clock;
  }

  /**
   * The paths of policy files.
   *
   * @param agreements folder of the agreements
   * @param nodeRules file of the node's rules; null for none
   * @param codes folder of the code lists; null for those of the release
   */
  public record RulePaths(Path agreements, @Nullable Path nodeRules, @Nullable Path codes) {}

  /**
   * Reads configuration and trust bundle.
   *
   * @throws StartProblem if they cannot be used
   */
  public static ConfiguredPolicy read(Path configFile, InstantSource clock) {
    ConfiguredFiles files = ConfiguredFiles.read(configFile, clock);
    return new ConfiguredPolicy(files, new BundleMembership(files.verifiedBundle()), clock);
  }

  /**
   * The folder of a node's code lists; null if none is configured.
   *
   * @throws StartProblem if the configuration cannot be read
   */
  public static @Nullable Path codes(Path configFile, InstantSource clock) {
    return ConfiguredFiles.read(configFile, clock).config().policy().codes();
  }

  /** The agency of the node. */
  public AgencyName agency() {
    return new AgencyName(files.config().agency());
  }

  /** The paths of the node's own rules, each replaced by an argument that is given. */
  public RulePaths place(
      @Nullable Path agreements, @Nullable Path nodeRules, @Nullable Path codes) {
    NodeConfig.PolicySettings own = files.config().policy();
    return new RulePaths(
        agreements == null ? own.agreements() : agreements,
        nodeRules == null ? own.nodeRules() : nodeRules,
        codes == null ? own.codes() : codes);
  }

  /** The same with the node's own code lists. */
  public RulePaths place(@Nullable Path agreements, @Nullable Path nodeRules) {
    return place(agreements, nodeRules, null);
  }

  /**
   * Loads one agreement by itself, under this node's code lists and members.
   *
   * @param file its file, which is not read
   * @param content the content of the file
   */
  public Rulebook.LoadResult agreement(Path file, byte[] content) {
    return RulebookReader.loadOne(
        file, content, files.config().policy().codes(), membership, clock.instant());
  }

  /** The node's own files. */
  ConfiguredFiles files() {
    return files;
  }

  /** The members of the federation, by the trust bundle. */
  public Membership membership() {
    return membership;
  }

  /** Loads rules and lints them. */
  public Rulebook.LoadResult lint(RulePaths place) {
    return RulebookReader.lint(
        place.agreements(), place.nodeRules(), place.codes(), membership, clock.instant());
  }

  /**
   * Tests rules against expectations.
   *
   * @param expectations files or folders
   * @throws StartProblem naming every problem of the files
   */
  public ExpectationReport test(RulePaths place, List<Path> expectations) {
    ExpectationSuite.LoadResult loading = ExpectationSuite.read(expectations, clock.instant());
    if (loading instanceof ExpectationSuite.LoadResult.Invalid invalid) {
      List<ConfigProblem> problems = new ArrayList<>(invalid.problems());
      if (load(place) instanceof Rulebook.LoadResult.Invalid rules) {
        problems.addAll(rules.problems());
      }
      throw new StartProblem(ConfiguredFiles.lines(problems));
    }
    return ((ExpectationSuite.LoadResult.Loaded) loading).expectations().test(policy(place));
  }

  /**
   * Searches for labels that the node's own rules and a candidate decide differently.
   *
   * @param most how many combinations to try at most
   * @throws StartProblem naming every problem of the files
   */
  public RulebookComparison.Outcome compare(RulePaths candidate, long most) {
    return new RulebookComparison(
            policy(place(null, null)).rulebook(),
            policy(candidate).rulebook(),
            membership,
            agency(),
            clock.instant())
        .search(most);
  }

  /**
   * Compares the decisions of the node's own rules and of a candidate on the labels in the node's
   * ledger.
   *
   * @throws StartProblem naming every problem of the files, or if the node runs
   */
  public PolicyReplay replay(RulePaths candidate) {
    PolicyReplay replay = new PolicyReplay(policy(place(null, null)), policy(candidate).rulebook());
    new LedgerLabelReader(files, clock).replay(replay);
    return replay;
  }

  /**
   * The policy of these rules.
   *
   * @throws StartProblem naming every problem of the files
   */
  public Policy policy(RulePaths place) {
    return new Policy(rulebook(place), membership, Policy.DEFAULT_CACHE_ENTRIES);
  }

  /**
   * The rules of these files.
   *
   * @throws StartProblem naming every problem of the files
   */
  Rulebook rulebook(RulePaths place) {
    Rulebook.LoadResult loading = load(place);
    if (loading instanceof Rulebook.LoadResult.Loaded loaded) {
      return loaded.rulebook();
    }
    throw new StartProblem(
        ConfiguredFiles.lines(((Rulebook.LoadResult.Invalid) loading).problems()));
  }

  private Rulebook.LoadResult load(RulePaths place) {
    return RulebookReader.load(
        place.agreements(), place.nodeRules(), place.codes(), membership, clock.instant());
  }
}
