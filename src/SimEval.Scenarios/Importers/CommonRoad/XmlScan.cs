using System.Xml;

namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>
/// Reads an XML file one child of its root at a time, so that memory is bounded by the largest child and not by the file.
/// Document types (and with them entities and external files) are refused; size, depth, number of elements and of
/// attributes are limited.
/// </summary>
internal static class XmlScan
{
    public const int MaximumBytes = 64 << 20;
    private const int MaximumDepth = 32;
    private const int MaximumElements = 4_000_000;
    private const int MaximumElementsInChild = 1_000_000;
    private const int MaximumAttributes = 32;
    private const int MaximumText = 16_384;

    /// <summary>
    /// Hands over the root (without children), then each child. Stops without reading on when <paramref name="onRoot"/>
    /// says so. False when the file is not well-formed or exceeds a limit; the report then has the error.
    /// </summary>
    public static bool Read(byte[] bytes, XmlReport report, Func<XmlTree, bool> onRoot, Action<XmlTree> onChild)
    {
        if (bytes.Length > MaximumBytes)
        {
            report.Error(0, 0, "", $"the file has {bytes.Length} bytes; at most {MaximumBytes} are read");
            return false;
        }
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            MaxCharactersInDocument = MaximumBytes,
        };
        XmlReader? reader = null;
        try
        {
            reader = XmlReader.Create(new MemoryStream(bytes, writable: false), settings);
            Read(reader, onRoot, onChild);
            return true;
        }
        catch (XmlException e)
        {
            // A document type is refused without a position: it is where the reader stands.
            var at = reader as IXmlLineInfo;
            int line = e.LineNumber > 0 ? e.LineNumber : Math.Max(1, at?.LineNumber ?? 1);
            int column = e.LineNumber > 0 ? e.LinePosition : Math.Max(1, at?.LinePosition ?? 1);
            report.Error(line, column, "", Plain(e.Message));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            // What the reader throws for encodings that it does not know, or that do not fit the bytes.
            report.Error(1, 1, "", "the file is not readable XML: " + e.Message);
        }
        finally
        {
            reader?.Dispose();
        }
        return false;
    }

    private static void Read(XmlReader reader, Func<XmlTree, bool> onRoot, Action<XmlTree> onChild)
    {
        reader.MoveToContent();
        XmlTree root = Element(reader, null);
        if (!onRoot(root))
            return;
        int elements = 1;
        XmlTree? child = null;
        var open = new Stack<XmlTree>();
        int inChild = 0;
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && reader.Depth > 0)
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        bool isEmpty = reader.IsEmptyElement;
                        Refuse(reader, ++elements > MaximumElements, $"more than {MaximumElements} elements");
                        Refuse(reader, reader.Depth > MaximumDepth, $"elements nested more than {MaximumDepth} deep");
                        inChild = open.Count == 0 ? 1 : inChild + 1;
                        Refuse(
                            reader,
                            inChild > MaximumElementsInChild,
                            $"more than {MaximumElementsInChild} elements in one child of the root"
                        );
                        XmlTree element = Element(reader, open.Count == 0 ? root : open.Peek());
                        if (open.Count == 0)
                            child = element;
                        else
                            open.Peek().Add(element);
                        if (!isEmpty)
                            open.Push(element);
                        else if (open.Count == 0)
                            onChild(child!);
                        break;
                    case XmlNodeType.EndElement:
                        open.Pop();
                        if (open.Count == 0)
                            onChild(child!);
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA when open.Count > 0:
                        Refuse(
                            reader,
                            reader.Value.Length > MaximumText,
                            $"a text longer than {MaximumText} characters"
                        );
                        open.Peek().Text = reader.Value.Trim();
                        break;
                }
            }
        }
        // What follows the root must be well-formed too.
        while (reader.Read()) { }
    }

    private static XmlTree Element(XmlReader reader, XmlTree? parent)
    {
        var at = (IXmlLineInfo)reader;
        var element = new XmlTree(reader.LocalName, at.LineNumber, at.LinePosition, parent);
        Refuse(reader, reader.AttributeCount > MaximumAttributes, $"more than {MaximumAttributes} attributes");
        while (reader.MoveToNextAttribute())
            element.Add(reader.LocalName, reader.Value);
        reader.MoveToElement();
        return element;
    }

    private static void Refuse(XmlReader reader, bool condition, string what)
    {
        if (!condition)
            return;
        var at = (IXmlLineInfo)reader;
        throw new XmlException(what + " are refused", null, at.LineNumber, at.LinePosition);
    }

    /// <summary>Without the position that the message repeats.</summary>
    private static string Plain(string message)
    {
        int at = message.LastIndexOf(" Line ", StringComparison.Ordinal);
        string plain = at > 0 ? message[..at] : message;
        if (plain.Contains("DTD", StringComparison.Ordinal))
            return "a document type (DTD) is refused";
        return XmlReport.OneLine("not well-formed XML: " + plain);
    }
}
