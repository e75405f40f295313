package org.entente.gateway.node.offline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Result;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.policy.analysis.SourceLabels;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.proto.v1.Draft;

/**
 * Explains the policy decision on drafts from a node's files, without the node. It lacks what only
 * a running gateway knows: messages received and sent, consents, rosters of operations, and the
 * obligations that other agencies say they fulfil.
 */
public final class OfflinePolicyExplainer {
  private final Policy policy;
  private final LabelCheck check;
  private final AgencyName self;

  private OfflinePolicyExplainer(Policy policy, LabelCheck check, AgencyName self) {
    this.policy = policy;
    this.check = check;
    this.self = self;
  }

  /**
   * Explains for a node by these rules.
   *
   * @throws StartProblem naming what cannot be used
   */
  public static OfflinePolicyExplainer of(ConfiguredPolicy node, ConfiguredPolicy.RulePaths place) {
    ConfiguredFiles files = node.files();
    Policy policy =
        new Policy(
            node.rulebook(place),
            node.membership(),
            FulfilmentSnapshot.UNKNOWN,
            files
                .config()
                .exerciseDays()
                .map(ExerciseRetention::new)
                .orElse(ExerciseRetention.NONE),
            Policy.DEFAULT_CACHE_ENTRIES);
    LabelCheck check =
        new LabelCheck(
            MessageLimits.of(
                policy.rulebook().codes(), files.config().limitsInForce().messageBytes()));
    return new OfflinePolicyExplainer(policy, check, new AgencyName(files.config().agency()));
  }

  /**
   * Explains the policy decision on a draft.
   *
   * @param namesPersons whether the persons it names are its only personal data; for a draft
   *     without a body
   * @param sources the received messages that it passes on
   * @param now the time of the decision, which may be a later one
   */
  public Result<Explanation> explain(
      Draft draft, boolean namesPersons, List<OnwardSource> sources, Instant now) {
    DraftCheck checking = check.question(draft, namesPersons, now);
    if (checking instanceof DraftCheck.InvalidDraft invalid) {
      return Result.refused(invalid.problems().get(0));
    }
    CheckedDraft checked = (CheckedDraft) checking;
    return Result.done(policy.egress().explain(checked, sources, recipient -> true, self, now));
  }

  /**
   * Reads the labels of received messages that a draft passes on.
   *
   * @throws StartProblem naming every problem of the file
   */
  public static List<OnwardSource> sources(Path file) {
    SourceLabels.LoadResult loading = SourceLabels.read(file);
    if (loading instanceof SourceLabels.LoadResult.Invalid invalid) {
      throw new StartProblem(ConfiguredFiles.lines(invalid.problems()));
    }
    return ((SourceLabels.LoadResult.Loaded) loading).sources();
  }
}
