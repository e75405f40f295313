package org.entente.gateway.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.entente.gateway.bridge.CapFolder;
import org.entente.gateway.model.FileTrouble;
import org.entente.gateway.model.Lane;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Subscribes and prints what arrives. */
@Command(
    name = "tail",
    description = "Subscribes to an agency's gateway and prints what arrives, acknowledging it.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente tail --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk \\",
      "      --cursor night-shift",
      "",
      "  entente tail --category IPR --category NARCOTICS --origin fr.customs --severity SEVERE \\",
      "      --cursor serious --gateway … --credentials …",
      "",
      "The cursor is durable: the next call goes on where this one stopped. Ctrl-C (SIGINT) and",
      "SIGTERM stop it in order: what it has printed is acknowledged. What a filter leaves out is",
      "passed over by that cursor: give each filter a cursor of its own.",
      "",
      "With --cap DIR each alert is written to DIR/MESSAGE.cap before it is acknowledged. What of a",
      "message is not in its CAP file as it stands is said on standard error and in",
      "DIR/MESSAGE.report.json; the exit code is 1 if a message could not be written as CAP at all."
    })
final class TailCommand implements Callable<Integer> {
  private static final Duration LAST_WORD = Duration.ofSeconds(3);

  @Mixin private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--cursor",
      defaultValue = "tail",
      description = "name of the durable cursor (default: ${DEFAULT-VALUE})")
  private String cursor = "tail";

  @Option(names = "--from", description = "replay from this position instead of the cursor's place")
  private long from;

  @Option(names = "--count", description = "stop after so many messages (default: never)")
  private long count;

  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(
      names = "--lane",
      description = "only of this lane: FLASH, IMMEDIATE, PRIORITY or ROUTINE; repeatable")
  private List<Lane> lanes = List.of();

  @Option(names = "--json", description = "print each delivery as one JSON object a line")
  private boolean json;

  @Option(
      names = "--cap",
      paramLabel = "DIR",
      description = "also write each alert as a CAP 1.2 file into this folder")
  private @Nullable Path cap;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Filter wanted = wanted();
    Printing printing = new Printing(spec.commandLine().getOut(), capFolder(), wanted);
    ManagedChannel channel = gateway.open();
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(printing::finish, "stop"));
      SubscriberGrpc.newStub(channel).subscribe(printing);
      printing.done.get();
      return printing.notWritten == 0 ? 0 : 1;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailure failure
          ? failure
          : RpcFailures.explain(e.getCause());
    } finally {
      channel.shutdownNow();
    }
  }

  private Filter wanted() {
    Filter.Builder wanted = filter.filter();
    lanes.forEach(lane -> wanted.addLanesValue(lane.number()));
    return wanted.build();
  }

  private @Nullable CapFolder capFolder() {
    if (cap == null) {
      return null;
    }
    try {
      return CapFolder.open(cap);
    } catch (IOException e) {
      throw new CommandFailure("--cap: " + cap + ": " + FileTrouble.words(e), e);
    }
  }

  private final class Printing
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final PrintWriter out;
    private final @Nullable CapFolder folder;
    private final Filter wanted;
    private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
    private long seen;
    private long notWritten;
    private boolean finished;

    Printing(PrintWriter out, @Nullable CapFolder folder, Filter wanted) {
      this.out = out;
      this.folder = folder;
      this.wanted = wanted;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
      requests = stream;
      stream.setOnReadyHandler(
          new Runnable() {
            private boolean opened;

            @Override
            public void run() {
              if (!opened) {
                opened = true;
                stream.onNext(open());
              }
            }
          });
    }

    private SubscribeRequest open() {
      return SubscribeRequest.newBuilder()
          .setOpen(
              OpenCursor.newBuilder().setCursor(cursor).setFromPosition(from).setFilter(wanted))
          .build();
    }

    /** Prints nothing more, and waits a moment until what was printed is acknowledged durably. */
    void finish() {
      halfClose();
      try {
        done.get(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // The process ends all the same; the gateway sends what it has not heard of again.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void halfClose() {
      ClientCallStreamObserver<SubscribeRequest> stream = requests;
      if (!finished && stream != null) {
        finished = true;
        stream.onCompleted();
      }
    }

    @Override
    public synchronized void onNext(SubscribeResponse response) {
      if (!response.hasDelivery() || finished) {
        return;
      }
      Delivery delivery = response.getDelivery();
      if (folder != null && !isWritten(folder, delivery)) {
        return;
      }
      out.println(json ? asJson(delivery) : asLine(delivery));
      out.flush();
      ClientCallStreamObserver<SubscribeRequest> stream = requests;
      if (stream != null) {
        stream.onNext(
            SubscribeRequest.newBuilder()
                .setAck(Acknowledge.newBuilder().setPosition(delivery.getPosition()))
                .build());
        seen++;
        if (count > 0 && seen >= count) {
          halfClose();
        }
      }
    }

    /** Whether the delivery may be acknowledged; if not, this ends, and it comes again. */
    private boolean isWritten(CapFolder into, Delivery delivery) {
      try {
        CapFolder.Written written = into.write(delivery.getLabel(), delivery.getBody());
        notWritten += written.cap().isEmpty() ? 1 : 0;
        report(delivery, written);
        return true;
      } catch (IOException e) {
        String message = HexFormat.of().formatHex(delivery.getLabel().getMessageId().toByteArray());
        end(
            new CommandFailure(
                message
                    + " cannot be written and is not acknowledged; it comes again: "
                    + FileTrouble.words(e),
                e));
        return false;
      }
    }

    private void report(Delivery delivery, CapFolder.Written written) {
      PrintWriter err = spec.commandLine().getErr();
      String message = HexFormat.of().formatHex(delivery.getLabel().getMessageId().toByteArray());
      if (written.cap().isEmpty()) {
        err.println(message + " not written as CAP: " + Screen.printable(written.reason()));
      }
      written.unmapped().forEach(one -> err.println(one.in(message)));
      err.flush();
    }

    private void end(CommandFailure failure) {
      finished = true;
      done.completeExceptionally(failure);
      ClientCallStreamObserver<SubscribeRequest> stream = requests;
      if (stream != null) {
        stream.cancel("not written", failure);
      }
    }

    @Override
    public void onError(Throwable t) {
      done.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {
      done.complete(null);
    }
  }

  private static String asJson(Delivery delivery) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(delivery);
    } catch (InvalidProtocolBufferException e) {
      throw new CommandFailure("a delivery cannot be shown as JSON: " + e.getMessage(), e);
    }
  }

  static String asLine(Delivery delivery) {
    return "%6d  %s  %-12s %-9s %-22s %s%s"
        .formatted(
            delivery.getPosition(),
            HexFormat.of().formatHex(delivery.getLabel().getMessageId().toByteArray()),
            delivery.getLabel().getOrigin(),
            delivery.getLabel().getLane().name().replace("LANE_", ""),
            delivery.getLabel().getCategory().name().replace("CATEGORY_", ""),
            Screen.printable(headline(delivery)),
            OpenCommand.precedenceStated(delivery.getLabel())
                + StandingWords.behind(StandingWords.of(delivery.getLabel()))
                + StandingWords.desks(delivery.getLabel())
                + StandingWords.behind(StandingWords.of(delivery.getStanding()))
                + String.join(
                    "",
                    ConsentWords.of(delivery.getConsentsList()).stream()
                        .map(word -> "  [" + word + "]")
                        .toList())
                + (delivery.getRedelivery() ? "  (again)" : ""));
  }

  private static String headline(Delivery delivery) {
    return LabelText.ahead(delivery.getLabel()) + said(delivery);
  }

  private static String said(Delivery delivery) {
    if (delivery.getBody().hasAlert()) {
      Alert alert = delivery.getBody().getAlert();
      return alert.getTextsCount() > 0 ? alert.getTexts(0).getHeadline() : "";
    }
    if (delivery.getBody().hasRecall()) {
      Recall recall = delivery.getBody().getRecall();
      String target = HexFormat.of().formatHex(recall.getMessageId().toByteArray());
      return "RECALL of " + target + ": " + recall.getReason();
    }
    if (delivery.getBody().hasRequest()) {
      return RequestCommand.question(delivery.getLabel(), delivery.getBody().getRequest());
    }
    if (delivery.getBody().hasAnswer()) {
      String request = HexFormat.of().formatHex(delivery.getLabel().getInReplyTo().toByteArray());
      return RequestCommand.result(delivery.getBody().getAnswer()) + " to " + request;
    }
    if (delivery.getBody().hasRoster()) {
      return "ROSTER of a joint operation";
    }
    if (delivery.getBody().hasOperationUpdate()) {
      return "in operation "
          + HexFormat.of().formatHex(delivery.getLabel().getOperationId().toByteArray())
          + ": "
          + OperationText.headline(delivery.getBody().getOperationUpdate());
    }
    if (delivery.getBody().hasConsent()) {
      return ConsentWords.of(delivery.getBody().getConsent());
    }
    if (delivery.getBody().hasCharge()) {
      return ChargeCommand.line(delivery.getBody().getCharge());
    }
    if (delivery.getBody().hasFeedback()) {
      return "FEEDBACK "
          + delivery.getBody().getFeedback().getResult().name().replace("FEEDBACK_RESULT_", "")
          + " to "
          + HexFormat.of().formatHex(delivery.getLabel().getInReplyTo().toByteArray());
    }
    return delivery.getBody().hasIntelligence()
        ? delivery.getBody().getIntelligence().getHeadline()
        : "document " + delivery.getBody().getDocument().getName();
  }
}
