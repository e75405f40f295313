package org.entente.gateway.node.files;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.config.ConfigProblem;
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
  private volatile List<ConfigProblem> ofMembers = List.of();

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
    Rulebook.LoadResult.Loaded first = files.loaded(trust.current());
    note(first.ofMembers());
    holder =
        new RulebookHolder(
            first.rulebook(),
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
      Rulebook.LoadResult.Loaded loaded = files.loaded(trust.current());
      if (!seen().equals(seen)) {
        // The files changed during the read: read them again next time.
        stamp = "";
        return Optional.empty();
      }
      refused = false;
      note(loaded.ofMembers());
      Rulebook next = loaded.rulebook();
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
    } catch (RuntimeException e) {
      // No check foresaw it. It must not pass in silence, and may pass by itself.
      if (!refused) {
        LOG.error("policy: the previous policy remains in force; trying again", e);
      }
      refused = true;
      stamp = "";
      return Optional.empty();
    }
  }

  /** Logs what has become wrong under the members, once. */
  private void note(List<ConfigProblem> found) {
    found.stream()
        .filter(it -> !ofMembers.contains(it))
        .forEach(it -> LOG.warn("policy: the transfers concerned are refused: {}", it));
    ofMembers = found;
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
    if (!ofMembers.isEmpty()) {
      String others = ofMembers.size() == 1 ? "" : " (and " + (ofMembers.size() - 1) + " more)";
      warnings.add(
          "policy: wrong under the present members, so the transfers concerned are refused: "
              + ofMembers.get(0)
              + others
              + "; `policy lint` names all");
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

  /** Whether the policy in force is that of the present files. */
  boolean isOfFiles(Instant now) {
    NodeConfig.PolicySettings own = files.config().policy();
    return RulebookReader.load(
                own.agreements(), own.nodeRules(), own.codes(), current().membership(), now)
            instanceof Rulebook.LoadResult.Loaded loaded
        && loaded.rulebook().version().equals(current().version());
  }

  /**
   * Uses the members of this bundle from now on. {@link #reload} then reads the files again, to say
   * what is wrong in them under these members.
   */
  public synchronized void follow(TrustBundle bundle) {
    holder.membership(new BundleMembership(bundle));
    stamp = "";
  }

  /** Whether a message may still go to a recipient under the agreement that permitted it. */
  public boolean stillPermits(String agreement, AgencyName recipient, Instant now) {
    return FixedLabels.AGREEMENTS.contains(agreement)
        || PolicyIngressCheck.inForce(current(), agreement, recipient, now);
  }
}
