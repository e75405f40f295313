package org.entente.gateway.node.files;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.AssignmentMessages;
import org.entente.gateway.policy.decide.ConsentMessages;
import org.entente.gateway.policy.decide.EvidenceMessages;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.RecallMessages;
import org.entente.gateway.policy.decide.ResponderMessages;
import org.entente.gateway.policy.decide.RosterMessages;
import org.entente.gateway.policy.decide.RulebookHolder;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.BundleMembership;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.receive.PolicyIngressCheck;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agreements, node rules and code lists in force, read again when their files change. What is
 * wrong in them is said once, and the last good ones stay in force. Safe for many threads.
 */
public final class PolicyReloader {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyReloader.class);

  /** More changes of the policy than there are in the life of a process. */
  private static final int CHANGES_BITS = 32;

  private final ConfiguredFiles files;
  private final TrustStore trust;
  private final RulebookHolder holder;
  private final AgencyName self;
  private final Fulfilment own;
  private final ExerciseRetention exercises;
  private String stamp;
  private volatile boolean refused;

  /**
   * Reads them for the first time.
   *
   * @throws StartProblem naming file, line and field
   */
  public PolicyReloader(ConfiguredFiles files, TrustStore trust) {
    this.files = files;
    this.trust = trust;
    self = new AgencyName(files.config().agency());
    own = files.fulfilment();
    exercises =
        files.config().exerciseDays().map(ExerciseRetention::new).orElse(ExerciseRetention.NONE);
    try {
      stamp = files.policyStamp();
    } catch (IOException e) {
      throw ConfiguredFiles.unusable("policy", files.config().policy().agreements(), e);
    }
    holder =
        new RulebookHolder(
            files.rulebook(trust.current()),
            new BundleMembership(trust.current()),
            exercises,
            Policy.DEFAULT_CACHE_ENTRIES);
    follow(Map.of());
  }

  /** How long exercise traffic is kept at most; the same as long as the node runs. */
  public ExerciseRetention exercises() {
    return exercises;
  }

  /** Which obligations this node fulfils; the same as long as it runs. */
  public Fulfilment own() {
    return own;
  }

  /**
   * Other agencies say now that they fulfil these. Whatever was said in the name of this one, its
   * configuration counts.
   */
  public void follow(Map<AgencyName, Fulfilment> others) {
    Map<AgencyName, Fulfilment> known = new HashMap<>(others);
    known.put(self, own);
    holder.fulfilments(new FulfilmentSnapshot(known));
  }

  /** What decides; the same as long as the node runs. */
  public RulebookHolder holder() {
    return holder;
  }

  /** What decides now. */
  public Policy current() {
    return holder.current();
  }

  /** Checks labels by the code lists in force whenever it is asked. */
  public LabelCheck labelCheck(int messageBytes) {
    return new LabelCheck(() -> MessageLimits.of(current().rulebook().codes(), messageBytes));
  }

  /** Takes up what changed in the files; the version in force now, if it is another. */
  public synchronized Optional<String> reload() {
    String seen = seen();
    if (seen.equals(stamp)) {
      return Optional.empty();
    }
    // Remembered before it is read: files that are wrong are reported once, until they change.
    stamp = seen;
    try {
      Rulebook next = files.rulebook(trust.current());
      if (!seen().equals(seen)) {
        // Some of it may be from before: what is there now is read the next time.
        stamp = "";
        return Optional.empty();
      }
      refused = false;
      if (next.version().equals(current().rulebook().version())) {
        return Optional.empty();
      }
      holder.rulebook(next);
      return Optional.of(next.version());
    } catch (StartProblem e) {
      refused = true;
      LOG.error("policy: the rules in force stay; the files are wrong: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** The state of the files; of such that cannot be read a text too, which no other state has. */
  private String seen() {
    try {
      return files.policyStamp();
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }

  /** Whether the files hold what cannot be used, so that the rules in force are not theirs. */
  public boolean refuses() {
    return refused;
  }

  /** What an operator should look at. */
  public List<String> warnings() {
    return refused
        ? List.of(
            "policy: the files of agreements, node rules or code lists are wrong, and the rules of"
                + " before stay in force; `policy lint` says what is wrong")
        : List.of();
  }

  /**
   * The number of this start of the node. What an earlier start decided was decided by other rules,
   * or by a release that reads them differently.
   */
  public void startsAs(long start) {
    holder.beginAt(start << CHANGES_BITS);
  }

  /** What is wrong or odd in the files as they are now; changes nothing. */
  Rulebook.LoadResult lint(Instant now) {
    NodeConfig.PolicySettings own = files.config().policy();
    return RulebookReader.lint(
        own.agreements(), own.nodeRules(), own.codes(), current().membership(), now);
  }

  /** Members are now those of this bundle. */
  public void follow(TrustBundle bundle) {
    holder.membership(new BundleMembership(bundle));
  }

  /** Whether mail may still go to a recipient under the agreement that let it in. */
  public boolean stillPermits(String agreement, AgencyName recipient, Instant now) {
    return agreement.equals(EvidenceMessages.AGREEMENT)
        || agreement.equals(RecallMessages.AGREEMENT)
        || agreement.equals(ResponderMessages.AGREEMENT)
        || agreement.equals(RosterMessages.AGREEMENT)
        || agreement.equals(RosterMessages.GIVEN_BACK)
        || agreement.equals(ConsentMessages.AGREEMENT)
        || agreement.equals(AssignmentMessages.AGREEMENT)
        || PolicyIngressCheck.inForce(current(), agreement, recipient, now);
  }
}
