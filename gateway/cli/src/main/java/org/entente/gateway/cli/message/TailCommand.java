package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.entente.gateway.bridge.cap.CapFolder;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.FilterOptions;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.ChainPositionText;
import org.entente.gateway.cli.text.ConsentText;
import org.entente.gateway.cli.text.LabelText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.OperationText;
import org.entente.gateway.cli.text.PrintHistory;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Subscribes, and prints and acknowledges messages. */
@Command(
    name = "tail",
    description =
        "Subscribes to an agency's gateway; prints and acknowledges the messages that arrive.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente tail --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk \\",
      "      --cursor night-shift",
      "",
      "  entente tail --category IPR --category NARCOTICS --origin fr.customs --severity SEVERE \\",
      "      --cursor serious --gateway … --credentials …",
      "",
      "The cursor is durable: the next call continues where this one stopped. Ctrl-C (SIGINT) and",
      "SIGTERM stop it in order: printed messages are acknowledged. The cursor skips messages that"
          + " a",
      "filter excludes, so give each filter its own cursor. A new cursor begins at the oldest"
          + " stored",
      "message, with --skip-stored at the next one that arrives.",
      "",
      "When the connection is lost, it reports that on standard error and retries until the"
          + " gateway",
      "is back. It prints no message twice.",
      "",
      "With --cap DIR each alert is written to DIR/MESSAGE.cap before it is acknowledged. Standard",
      "error and DIR/MESSAGE.report.json list what the CAP file does not hold unchanged. The exit"
          + " code",
      "is 1 if a message could not be written as CAP at all."
    })
public final class TailCommand extends ClientCall {
  private static final Duration LAST_WORD = Duration.ofSeconds(3);

  @Option(
      names = "--cursor",
      defaultValue = "tail",
      description = "name of the durable cursor (default: ${DEFAULT-VALUE})")
  private String cursor = "tail";

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      description =
          "print again from this position of the ledger on, instead of where the cursor is")
  private long from;

  @Option(
      names = "--skip-stored",
      description =
          "begin a new cursor after the last stored message; ignored if the cursor exists")
  private boolean skipStored;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "stop after this number of messages (default: never)")
  private long count;

  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(
      names = "--lane",
      description =
          "only messages of this lane: FLASH, IMMEDIATE, PRIORITY or ROUTINE; may be repeated")
  private List<Lane> lanes = List.of();

  @Option(
      names = "--cap",
      paramLabel = "DIR",
      description = "also write each alert as a CAP 1.2 file into this folder")
  private @Nullable Path cap;

  @Override
  public void with(ManagedChannel channel) {
    if (skipStored && from != 0) {
      throw new UsageError("--skip-stored: cannot be combined with --from");
    }
    Session session = new Session(capFolder(), wanted());
    Runtime.getRuntime().addShutdownHook(new Thread(session::finish, "stop"));
    follow(channel, session::place, session::run);
    failUnless(session.notWritten == 0);
  }

  private Filter wanted() {
    return filter.filter().addAllLanes(lanes).build();
  }

  private @Nullable CapFolder capFolder() {
    Path into = cap;
    return into == null ? null : OptionFile.access("--cap: " + into, () -> CapFolder.open(into));
  }

  /** Key of a delivery; a redelivered message has another position. */
  private record Place(long position, ByteString message) {}

  /** State that spans all connections. */
  private final class Session {
    private final @Nullable CapFolder folder;
    private final Filter wanted;
    private final PrintHistory<Place> printed = new PrintHistory<>();
    private long replayFrom = from;
    private boolean caughtUp;
    private long last;
    private long notWritten;
    private boolean finished;
    private @Nullable Connection connection;

    Session(@Nullable CapFolder folder, Filter wanted) {
      this.folder = folder;
      this.wanted = wanted;
    }

    /** The position at which the stream continues. */
    synchronized String place() {
      return last == 0 ? "the place of cursor " + cursor : "position " + (last + 1);
    }

    /** Receives over one connection, until it ends. */
    void run(Channel channel) {
      Connection next = new Connection(this);
      synchronized (this) {
        connection = next;
      }
      SubscriberGrpc.newStub(channel).subscribe(next);
      try {
        next.done.get();
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure("interrupted", e);
      }
    }

    private synchronized RuntimeException failure(@Nullable Throwable cause) {
      if (cause instanceof CommandFailure failure) {
        return failure;
      }
      return cause instanceof StatusRuntimeException lost && !finished
          ? lost
          : RpcFailures.explain(cause);
    }

    /** Stops printing, and waits briefly until printed messages are acknowledged durably. */
    void finish() {
      Connection open;
      synchronized (this) {
        finished = true;
        open = connection;
      }
      if (open == null || open.done.isDone()) {
        return;
      }
      open.halfClose();
      try {
        open.done.get(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // The process ends in any case; the gateway sends unacknowledged messages again.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    synchronized SubscribeRequest open() {
      return SubscribeRequest.newBuilder()
          .setOpen(
              OpenCursor.newBuilder()
                  .setCursor(cursor)
                  .setFromPosition(caughtUp && printed.count() > 0 ? 0 : replayFrom)
                  .setSkipStored(skipStored)
                  .setFilter(wanted))
          .build();
    }

    /**
     * Ends a replay, all of which is printed. The cursor knows its position only after the first
     * acknowledgement.
     */
    synchronized void caughtUp(long position) {
      if (replayFrom > 0 && !caughtUp) {
        caughtUp = true;
        replayFrom = position + 1;
      }
    }

    /** Takes a delivery; true if it must be acknowledged. */
    synchronized boolean take(Delivery delivery) {
      if (finished) {
        return false;
      }
      Place place = new Place(delivery.getPosition(), delivery.getLabel().getMessageId());
      if (!printed.isNew(place)) {
        return true;
      }
      if (folder != null) {
        write(folder, delivery);
      }
      tell(delivery, asLine(delivery));
      out().flush();
      last = delivery.getPosition();
      finished = count > 0 && printed.count() >= count;
      return true;
    }

    synchronized boolean isFinished() {
      return finished;
    }

    /** Writes a delivery. A failure ends the command; the gateway delivers the message again. */
    private void write(CapFolder into, Delivery delivery) {
      String message = HexFormat.of().formatHex(delivery.getLabel().getMessageId().toByteArray());
      try {
        CapFolder.WriteResult written = into.write(delivery.getLabel(), delivery.getBody());
        notWritten += written.cap().isEmpty() ? 1 : 0;
        if (written.cap().isEmpty()) {
          err()
              .println(
                  message
                      + " cannot be written as CAP: "
                      + TerminalText.printable(written.reason()));
        }
        written.unmapped().forEach(one -> err().println(one.in(message)));
      } catch (IOException e) {
        finished = true;
        throw new CommandFailure(
            message
                + " cannot be written and is not acknowledged; the gateway delivers it again: "
                + FileErrorText.words(e),
            e);
      }
    }
  }

  /** The stream of one connection. */
  private static final class Connection
      implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Session session;
    private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
    private boolean halfClosed;

    Connection(Session session) {
      this.session = session;
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
                stream.onNext(session.open());
              }
            }
          });
    }

    synchronized void halfClose() {
      ClientCallStreamObserver<SubscribeRequest> stream = requests;
      if (!halfClosed && stream != null) {
        halfClosed = true;
        stream.onCompleted();
      }
    }

    /** Runs completely before {@link #halfClose}, so that printed messages are acknowledged. */
    @Override
    public synchronized void onNext(SubscribeResponse response) {
      if (response.hasCaughtUp()) {
        session.caughtUp(response.getCaughtUp().getPosition());
      }
      if (!response.hasDelivery()) {
        return;
      }
      try {
        if (session.take(response.getDelivery())) {
          acknowledge(response.getDelivery().getPosition());
        }
      } catch (CommandFailure failure) {
        end(failure);
      }
      if (session.isFinished()) {
        halfClose();
      }
    }

    private void acknowledge(long position) {
      ClientCallStreamObserver<SubscribeRequest> stream = requests;
      if (stream != null && !halfClosed) {
        stream.onNext(
            SubscribeRequest.newBuilder()
                .setAck(Acknowledge.newBuilder().setPosition(position))
                .build());
      }
    }

    private void end(CommandFailure failure) {
      halfClosed = true;
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

  public static String asLine(Delivery delivery) {
    return TerminalText.printable(
        "%6d  %s  %-12s %-9s %-22s %s%s"
            .formatted(
                delivery.getPosition(),
                HexFormat.of().formatHex(delivery.getLabel().getMessageId().toByteArray()),
                delivery.getLabel().getOrigin(),
                EnumNames.word(delivery.getLabel().getLane()),
                MessageText.category(delivery.getLabel()),
                headline(delivery),
                MessageText.precedenceStated(delivery.getLabel())
                    + ChainPositionText.behind(ChainPositionText.of(delivery.getLabel()))
                    + ChainPositionText.desks(delivery.getLabel())
                    + ChainPositionText.behind(ChainPositionText.of(delivery.getStanding()))
                    + String.join(
                        "",
                        ConsentText.of(delivery.getConsentsList()).stream()
                            .map(word -> "  [" + word + "]")
                            .toList())
                    + (delivery.getRedelivery() ? "  (again)" : "")));
  }

  private static String headline(Delivery delivery) {
    return LabelText.ahead(delivery.getLabel()) + said(delivery);
  }

  private static String said(Delivery delivery) {
    Label label = delivery.getLabel();
    Body body = delivery.getBody();
    return switch (body.getContentCase()) {
      case ALERT ->
          body.getAlert().getTextsList().stream()
              .findFirst()
              .map(AlertText::getHeadline)
              .orElse("");
      case INTELLIGENCE -> body.getIntelligence().getHeadline();
      case RECALL ->
          "RECALL of "
              + MessageText.hex(body.getRecall().getMessageId())
              + ": "
              + body.getRecall().getReason();
      case REQUEST -> MessageText.question(label, body.getRequest());
      case ANSWER ->
          MessageText.result(body.getAnswer()) + " to " + MessageText.hex(label.getInReplyTo());
      case ROSTER -> "ROSTER of a joint operation";
      case OPERATION_UPDATE ->
          "in operation "
              + MessageText.hex(label.getOperationId())
              + ": "
              + OperationText.headline(body.getOperationUpdate());
      case CONSENT -> ConsentText.of(body.getConsent());
      case CHARGE -> ChargeCommand.line(body.getCharge());
      case FEEDBACK ->
          "FEEDBACK "
              + EnumNames.word(body.getFeedback().getResult())
              + " to "
              + MessageText.hex(label.getInReplyTo());
      default -> "document " + body.getDocument().getName();
    };
  }
}
