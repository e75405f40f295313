package org.entente.gateway.cli.policy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.cli.call.FieldOptions;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.DraftError;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.Problem;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.entente.gateway.node.offline.OfflinePolicyExplainer;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.gateway.rpc.ExplanationMapper;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/** Explains policy's decision on drafts, from a running gateway or from a node's files. */
interface DraftExplainer extends AutoCloseable {
  /**
   * The decision on a draft.
   *
   * @throws DraftError if the draft could not be published unchanged
   * @throws CommandFailure if no draft can be explained
   */
  ExplainResponse ask(ExplainRequest question);

  @Override
  void close();

  /**
   * An explainer that calls a gateway.
   *
   * @param fields the options of the drafts' fields
   */
  static DraftExplainer ofGateway(GatewayAddress address, FieldOptions fields) {
    ManagedChannel channel = address.open();
    PublisherGrpc.PublisherBlockingStub publisher = PublisherGrpc.newBlockingStub(channel);
    return new DraftExplainer() {
      @Override
      public ExplainResponse ask(ExplainRequest question) {
        try {
          return publisher.explain(question);
        } catch (StatusRuntimeException e) {
          CommandFailure told = RpcFailures.explain(e, fields);
          throw switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION ->
                new DraftError(String.valueOf(told.getMessage()), e);
            default -> told;
          };
        }
      }

      @Override
      public void close() {
        channel.shutdownNow();
      }
    };
  }

  /**
   * An explainer that reads a node's files, or others in the place of its rules.
   *
   * @param passesOn file with the labels of the messages that each draft passes on; null for none
   * @param at the time of the decisions; null for now
   * @param fields the options of the drafts' fields
   * @throws CommandFailure naming the file that cannot be read
   */
  static DraftExplainer ofFiles(
      PolicyFiles given, @Nullable Path passesOn, @Nullable Instant at, FieldOptions fields) {
    InstantSource clock = InstantSource.system();
    ConfiguredPolicy node = given.node();
    OfflinePolicyExplainer files = OfflinePolicyExplainer.of(node, given.place(node));
    List<OnwardSource> sources =
        passesOn == null ? List.of() : OfflinePolicyExplainer.sources(passesOn);
    return new DraftExplainer() {
      @Override
      public ExplainResponse ask(ExplainRequest question) {
        requireKnown(question.getDraft());
        return ExplanationMapper.message(
            files
                .explain(
                    question.getDraft(),
                    question.getNamesPersons(),
                    sources,
                    at == null ? clock.instant() : at)
                .orElseThrow(problem -> invalid(problem, fields)));
      }

      @Override
      public void close() {
        // Holds no resource.
      }
    };
  }

  private static DraftError invalid(Problem problem, FieldOptions fields) {
    return new DraftError(
        TerminalText.printable(
            problem.code() + ": " + fields.named(problem.field()) + ": " + problem.message()));
  }

  /** Files do not say what was received, nor who takes part in an operation. */
  private static void requireKnown(Draft draft) {
    if (draft.getDerivedFromCount() > 0) {
      throw new DraftError(
          "derived_from: needs --gateway, since only a gateway knows its messages; or give their"
              + " labels by --passes-on FILE");
    }
    if (!draft.getTo().getOperation().isEmpty()) {
      throw new DraftError(
          "to.operation: needs --gateway, since only a gateway knows its members; or name the"
              + " members instead");
    }
  }
}
