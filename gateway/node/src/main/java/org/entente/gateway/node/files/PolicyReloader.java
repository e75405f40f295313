package org.entente.gateway.node.files;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
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
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.Policy;
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
 * The agreements, node rules and code lists in force, reloaded when their files change. Faults are
 * reported once, and the last valid policy stays in force. Safe for many threads.
 */
public final class PolicyReloader {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyReloader.class);

  /** Bits for counting policy changes: more than happen in the life of a process. */
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
   * Reads the policy for the first time.
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

  /** The longest retention of exercise traffic; constant while the node runs. */
  public ExerciseRetention exercises() {
    return exercises;
  }

  /** The obligations that this node fulfils; constant while it runs. */
  public Fulfilment own() {
    return own;
  }

  /**
   * Applies the obligations that other agencies say they fulfil. For this agency only its
   * configuration counts.
   */
  public void follow(Map<AgencyName, Fulfilment> others) {
    Map<AgencyName, Fulfilment> known = new HashMap<>(others);
    known.put(self, own);
    holder.fulfilments(new FulfilmentSnapshot(known));
  }

  /** The holder of the policy; constant while the node runs. */
  public RulebookHolder holder() {
    return holder;
  }

  /** The policy in force. */
  public Policy current() {
    return holder.current();
  }

  /** A check of labels that always uses the code lists in force. */
  public LabelCheck labelCheck(int messageBytes) {
    return new LabelCheck(() -> MessageLimits.of(current().rulebook().codes(), messageBytes));
  }

  /** Reloads changed files; returns the new version in force, if it changed. */
  public synchronized Optional<String> reload() {
    String seen = seen();
    if (seen.equals(stamp)) {
      return Optional.empty();
    }
    // Set before reading, so that faulty files are reported once, until they change.
    stamp = seen;
    try {
      Rulebook next = files.rulebook(trust.current());
      if (!seen().equals(seen)) {
        // The files changed during the read: read them again next time.
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
      LOG.error(
          "policy: the previous policy remains in force, because the files are invalid: {}",
          e.getMessage());
      return Optional.empty();
    }
  }

  /** The state of the files; unreadable files get a text that no other state has. */
  private String seen() {
    try {
      return files.policyStamp();
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }

  /** Whether the files are invalid, so that the previous policy remains in force. */
  public boolean refuses() {
    return refused;
  }

  /** Conditions that need an operator's attention. */
  public List<String> warnings() {
    Policy now = current();
    List<String> warnings =
        new ArrayList<>(files.withoutAgreement(now.rulebook(), now.membership()));
    if (refused) {
      warnings.add(
          "policy: the files of agreements, node rules or code lists are invalid, and the"
              + " previous policy remains in force; `policy lint` names the faults");
    }
    return warnings;
  }

  /**
   * Sets the number of this start. Decisions of earlier starts used other rules, or a release that
   * reads them differently.
   */
  public void startsAs(long start) {
    holder.beginAt(start << CHANGES_BITS);
  }

  /** The faults and warnings in the present files; changes nothing. */
  Rulebook.LoadResult lint(Instant now) {
    NodeConfig.PolicySettings own = files.config().policy();
    return RulebookReader.lint(
        own.agreements(), own.nodeRules(), own.codes(), current().membership(), now);
  }

  /**
   * Uses the members of this bundle from now on. Files that were refused are read again: they may
   * name a member that has come with it.
   */
  public synchronized void follow(TrustBundle bundle) {
    holder.membership(new BundleMembership(bundle));
    if (refused) {
      stamp = "";
    }
  }

  /** Whether a message may still go to a recipient under the agreement that permitted it. */
  public boolean stillPermits(String agreement, AgencyName recipient, Instant now) {
    return FixedLabels.AGREEMENTS.contains(agreement)
        || PolicyIngressCheck.inForce(current(), agreement, recipient, now);
  }
}
