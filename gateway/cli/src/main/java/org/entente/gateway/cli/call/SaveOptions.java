package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.entente.gateway.bridge.DocumentFolder;
import org.entente.gateway.bridge.format.DurableFile;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that save the document of a message which is shown. */
public final class SaveOptions {
  @Option(
      names = "--save",
      paramLabel = "DIR",
      description = {
        "also save its document into this folder, which is made if it is not there.",
        "Only the file's owner may read it; nothing that is there is overwritten."
      })
  private @Nullable Path folder;

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description =
          "with --save: name of the file (default: the message's id and what its sender calls the"
              + " document)")
  private @Nullable String name;

  /** Whether anything is to be saved. */
  public boolean asked() {
    return folder != null;
  }

  /**
   * Finds what is wrong before a message is opened: that it was is on record.
   *
   * @throws CommandFailure naming the option, and that nothing was opened
   */
  public void check() {
    Path where = folder;
    if (where == null) {
      if (name != null) {
        throw new UsageError("--as: names what --save saves");
      }
      return;
    }
    if (name != null && !DocumentFolder.isFileName(name)) {
      throw new UsageError(
          "--as: "
              + TerminalText.printable(name)
              + " is no name of a file: at most 200 bytes without a slash, and neither . nor ..");
    }
    try {
      DocumentFolder into = DocumentFolder.open(where);
      if (!Files.isWritable(where)) {
        throw new CommandFailure("--save: " + where + ": cannot be written to; nothing was opened");
      }
      if (name != null && DocumentFolder.isThere(into.file(name))) {
        throw new CommandFailure(
            "--as: " + into.file(name) + " is there already; nothing was opened");
      }
    } catch (IOException e) {
      throw new CommandFailure(
          "--save: " + where + ": " + FileErrorText.words(e) + "; nothing was opened", e);
    }
  }

  /**
   * Saves the document, and says as what.
   *
   * @throws CommandFailure saying what is wrong with the file, and that the message was opened
   */
  public String save(ByteString messageId, Body body) {
    Path where = folder;
    if (where == null) {
      throw new IllegalStateException("nothing is to be saved");
    }
    if (!body.hasDocument()) {
      throw new CommandFailure(
          "--save: the message was opened, and has no document: its body is "
              + body.getContentCase());
    }
    Document document = body.getDocument();
    byte[] content = document.getContent().toByteArray();
    Path file = where;
    try {
      DocumentFolder into = DocumentFolder.open(where);
      file = name == null ? into.file(messageId, document) : into.file(name);
      DurableFile.create(file, content);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          "--save: "
              + file
              + " is there already and was left as it is; the message was opened, and --as NAME"
              + " saves it under another name",
          e);
    } catch (IOException e) {
      throw new CommandFailure(
          "--save: " + file + ": " + FileErrorText.words(e) + "; the message was opened", e);
    }
    return "saved as " + file + ": " + content.length + " bytes, SHA-256 " + sha256(document);
  }

  /** By which two people make sure that they speak of the same. */
  public static String sha256(Document document) {
    return HexFormat.of().formatHex(Sha256.hash(document.getContent().toByteArray()));
  }
}
