package org.entente.gateway.rpc;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.retention.Retention;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.Outcome;

/** The services around a message's path: publishing, delivery, recall and policy. */
public final class PathServices {
  private PathServices() {}

  /**
   * All of them.
   *
   * @param publish publishes a caller's drafts; each completes once its outcome is durable
   * @param explain explains the policy decision on a draft
   */
  public static List<ClientService> of(
      BiFunction<Identified, List<Draft>, List<CompletableFuture<Outcome>>> publish,
      BiFunction<Identified, ExplainRequest, Result<Explanation>> explain,
      MessageRecall recalling,
      Retention retention,
      Subscriptions subscriptions,
      PolicyQuestions policy) {
    return List.of(
        context -> new PublisherService(publish, explain, context.unparsed(), context.executor()),
        context -> new SubscriberService(subscriptions, context),
        context -> new RetentionService(recalling, retention),
        context -> new PolicyToolsService(policy));
  }
}
