package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.entente.gateway.bridge.cap.CapReader;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.DurableFile;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that open a received message as a CAP document, and the writer of that document. */
public final class CapOutput {
  @Option(
      names = "--cap",
      required = true,
      description = "print a CAP 1.2 document; standard error lists what the document cannot hold")
  private boolean cap;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "file for the document (default: standard output)")
  private @Nullable Path file;

  @Option(
      names = "--changed",
      paramLabel = "FILE",
      description =
          "CAP document of the message that this one changes or cancels; becomes its reference")
  private @Nullable Path changed;

  /** Whether {@code --cap} was given; the other options have no effect without it. */
  public boolean isWanted() {
    return cap;
  }

  /**
   * Opens the message and writes it.
   *
   * @param json whether to print the result as JSON
   * @return whether the message could be written
   */
  public boolean write(
      ManagedChannel channel, OpenRequest open, boolean json, PrintWriter out, PrintWriter err) {
    if (json && file == null) {
      throw new UsageError("--json: needs --out FILE for the document");
    }
    WriteCapRequest.Builder asked =
        WriteCapRequest.newBuilder()
            .setMessageId(open.getMessageId())
            .setExercise(open.getExercise())
            .setOnBehalfOf(open.getOnBehalfOf());
    Path before = changed;
    if (before != null) {
      asked.setChangedXml(read(before));
    }
    requirePlace();
    WriteCapResponse written = CapGrpc.newBlockingStub(channel).writeCap(asked.build());
    String message = MessageText.hex(open.getMessageId());
    if (!written.getXml().isEmpty()) {
      deliver(written.getXml().toStringUtf8(), out);
    }
    if (json) {
      out.println(JsonText.of(written.toBuilder().clearXml().build()));
    } else {
      report(message, written, err);
    }
    return !written.getXml().isEmpty();
  }

  private static void report(String message, WriteCapResponse written, PrintWriter err) {
    if (written.getXml().isEmpty()) {
      err.println(
          message
              + " cannot be written as CAP: "
              + TerminalText.printable(written.getReason())
              + "; the message was opened, and the audit log records it");
    }
    written
        .getUnmappedList()
        .forEach(
            one ->
                err.println(
                    TerminalText.printable(
                        new UnmappedValue(one.getLine(), one.getPath(), one.getWhat())
                            .in(message))));
    err.flush();
  }

  /**
   * Reads up to one byte more than the gateway accepts, so that the gateway can refuse a larger
   * file.
   */
  private static ByteString read(Path document) {
    return ByteString.copyFrom(
        OptionFile.access(
            "--changed: " + document, () -> OptionFile.start(document, CapReader.MAX_BYTES)));
  }

  /** Checks the file before the message is opened, because the audit log records every opening. */
  private void requirePlace() {
    Path to = file;
    if (to != null
        && Files.exists(to, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(to, LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandFailure(
          "--out: " + to + ": exists and is not a regular file; the message was not opened");
    }
    Path folder = to == null ? null : to.toAbsolutePath().getParent();
    if (folder != null && !Files.isWritable(folder)) {
      throw new CommandFailure(
          "--out: "
              + to
              + ": its folder does not exist or is not writable; the message was not opened");
    }
  }

  private void deliver(String xml, PrintWriter out) {
    Path to = file;
    if (to == null) {
      out.print(xml);
      return;
    }
    try {
      DurableFile.write(to, xml);
    } catch (IOException e) {
      throw new CommandFailure(
          "--out: "
              + to
              + ": "
              + FileErrorText.words(e)
              + "; the message was opened, and the audit log records it",
          e);
    }
  }
}
