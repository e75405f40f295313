package org.entente.gateway.intake;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.v1.Held;

/**
 * All hooks.
 *
 * @param hooks in the order in which they may refuse
 * @param holder holds drafts that need a second person; empty if no feature does
 * @param tracer follows drafts
 */
public record DraftHooks(
    List<DraftHook> hooks, Optional<DraftHolder> holder, MessageTracer tracer) {
  /** Copies the list. */
  public DraftHooks {
    hooks = List.copyOf(hooks);
  }

  DraftHook.Prepared explain(NodeName client, CheckedDraft draft, Instant now) {
    return each(draft, (hook, before) -> hook.explain(client, before, now));
  }

  /** After this, {@link #end} must be called, even if it refuses. */
  DraftHook.Prepared begin(NodeName client, CheckedDraft draft, Instant now, Object attempt) {
    return each(draft, (hook, before) -> hook.begin(client, before, now, attempt));
  }

  private DraftHook.Prepared each(
      CheckedDraft draft, BiFunction<DraftHook, CheckedDraft, DraftHook.Prepared> step) {
    DraftHook.Prepared prepared = new DraftHook.Prepared(draft, null);
    for (DraftHook hook : hooks) {
      prepared = step.apply(hook, prepared.draft());
      if (prepared.lacking() != null) {
        return prepared;
      }
    }
    return prepared;
  }

  void end(CheckedDraft draft, Object attempt) {
    hooks.forEach(hook -> hook.end(draft, attempt));
  }

  Result<Mutation<Held>> hold(DraftHolder.UnreleasedDraft draft) {
    return holder
        .map(one -> one.hold(draft))
        .orElseGet(() -> new Result.Refused<>(unheld(draft.decision().holdReason().orElse(""))));
  }

  void held(Transaction tx, DraftHolder.UnreleasedDraft draft, Held held) {
    long until = Timestamps.toMillis(held.getUntil());
    hooks.forEach(hook -> hook.held(tx, draft.draft().getLabel(), until));
  }

  /** Why a draft is refused that no feature can hold. */
  static Problem unheld(String reason) {
    return new Problem(
        Code.SECOND_PERSON_REQUIRED, "", reason + "; this gateway holds no drafts for release");
  }

  boolean judgeReply(CheckedDraft draft) {
    for (DraftHook hook : hooks) {
      if (hook.judgesReply(draft)) {
        return true;
      }
    }
    return false;
  }

  List<Refusal> beyond(String client, List<Permitted> parts, Object attempt) {
    List<Refusal> all = List.of();
    for (DraftHook hook : hooks) {
      List<Refusal> some = hook.beyond(client, parts, attempt);
      if (all.isEmpty()) {
        all = some;
      } else if (!some.isEmpty()) {
        all = Stream.concat(all.stream(), some.stream()).toList();
      }
    }
    return all;
  }

  void sent(Transaction tx, String client, List<Permitted> parts) {
    hooks.forEach(hook -> hook.sent(tx, client, parts));
  }

  void recalled(Transaction tx, MessageId message) {
    hooks.forEach(hook -> hook.recalled(tx, message));
  }
}
