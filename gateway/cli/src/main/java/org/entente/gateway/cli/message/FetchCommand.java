package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.OverloadRetry;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentsGrpc;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.OpenAttachmentResponse;
import org.entente.proto.v1.ReadAttachmentRequest;
import org.entente.proto.v1.ReadAttachmentResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Saves an attachment of a received message. */
@Command(
    name = "fetch",
    description = {
      "Saves an attachment of a received message; the gateway fetches it from the sender's"
          + " gateway.",
      "Writes to FILE.part, compares the SHA-256 with that in the message, and then renames the"
          + " file to FILE. To continue an interrupted fetch, repeat the command.",
      "The audit log records the officer and the reason. The client needs the scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente fetch 0197…3f --out quay.jpg --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk"
    })
public final class FetchCommand extends MessageCall {
  private static final int PAUSE_MILLIS = 200;

  @Option(
      names = "--attachment",
      paramLabel = "ID",
      description = "which one, 32 hex digits, as `open` shows (default: the only one)")
  private ByteString attachment = ByteString.EMPTY;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "the file to write; it must not exist. Only its owner may read it")
  private Path out = Path.of("");

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public void with(ManagedChannel channel) {
    if (Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandFailure("--out: " + out + " exists already; nothing was opened");
    }
    Path part = out.resolveSibling(out.getFileName() + ".part");
    try {
      PartFile.check(part);
    } catch (IOException e) {
      throw unusable(part, e);
    }
    AttachmentsGrpc.AttachmentsBlockingStub gateway = AttachmentsGrpc.newBlockingStub(channel);
    OpenAttachmentResponse opened =
        gateway.openAttachment(
            OpenAttachmentRequest.newBuilder()
                .setMessageId(id())
                .setAttachmentId(attachment)
                .setOnBehalfOf(person.named())
                .setExercise(exercise)
                .build());
    try {
      receive(gateway, opened, part);
      check(opened.getAttachment(), part);
      Files.createLink(out, part); // fails if the file exists by now
      Files.delete(part);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure("--out: " + out + " exists by now; the file is " + part, e);
    } catch (IOException e) {
      throw unusable(part, e);
    }
    tell(
        opened.getAttachment(),
        TerminalText.printable(
            "saved as %s: %s, %s, %s, SHA-256 %s"
                .formatted(
                    out,
                    opened.getAttachment().getName(),
                    opened.getAttachment().getMediaType(),
                    CountText.of(opened.getAttachment().getSize(), "byte"),
                    MessageText.hex(opened.getAttachment().getSha256()))));
  }

  private static CommandFailure unusable(Path part, IOException e) {
    return new CommandFailure(
        TerminalText.printable("--out: " + part + ": " + FileErrorText.words(e)), e);
  }

  private void receive(
      AttachmentsGrpc.AttachmentsBlockingStub gateway, OpenAttachmentResponse opened, Path part)
      throws IOException {
    long size = opened.getAttachment().getSize();
    OverloadRetry retry = new OverloadRetry();
    try (FileChannel file = PartFile.open(part);
        ProgressLine progress = ProgressLine.of(this, "fetching", "byte", "bytes")) {
      long at = Math.min(size, file.size());
      while (at < size) {
        ReadAttachmentRequest request =
            ReadAttachmentRequest.newBuilder()
                .setReadingId(opened.getReadingId())
                .setOffset(at)
                .build();
        ReadAttachmentResponse some = retry.call(() -> gateway.readAttachment(request));
        at += append(file, at, some.getData());
        progress.at(at, size);
        if (some.getData().isEmpty()) {
          pause();
        }
      }
      file.truncate(size);
      file.force(true);
    }
  }

  private static int append(FileChannel file, long at, ByteString data) throws IOException {
    ByteBuffer bytes = data.asReadOnlyByteBuffer();
    while (bytes.hasRemaining()) {
      int written = file.write(bytes, at + bytes.position());
      if (written == 0) {
        Thread.onSpinWait();
      }
    }
    return data.size();
  }

  /** What is on the way comes whether or not this asks; it only has to be read. */
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted; repeat the command to continue", e);
    }
  }

  private static void check(Attachment attachment, Path part) throws IOException {
    Sha256 digest = new Sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(part)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest = digest.update(buffer, 0, read);
      }
    }
    if (!ByteString.copyFrom(digest.digest()).equals(attachment.getSha256())) {
      throw new CommandFailure(
          part
              + " does not have the SHA-256 that the message states; remove it and run the command"
              + " again");
    }
  }
}
