namespace SimEval.Tests.Scenarios.Importers;

/// <summary>Small files that hold every element the CommonRoad readers know: seeds for mutation.</summary>
internal static class CommonRoadSamples
{
    public const string Scenario2020 = """
        <?xml version="1.0" encoding="UTF-8"?>
        <commonRoad commonRoadVersion="2020a" timeStepSize="0.1" benchmarkID="ZAM_Sample-1_1_T-1" author="a" affiliation="b" source="c" date="2020-01-01">
          <location><geoNameId>1</geoNameId><gpsLatitude>48.2</gpsLatitude><gpsLongitude>11.6</gpsLongitude></location>
          <scenarioTags><urban/><critical/></scenarioTags>
          <lanelet id="1">
            <leftBound><point><x>0</x><y>4</y></point><point><x>50</x><y>4</y></point><lineMarking>dashed</lineMarking></leftBound>
            <rightBound><point><x>0</x><y>0</y></point><point><x>50</x><y>0</y></point><lineMarking>solid</lineMarking></rightBound>
            <successor ref="2"/><adjacentLeft ref="3" drivingDir="same"/>
            <stopLine><point><x>49</x><y>0</y></point><point><x>49</x><y>4</y></point><lineMarking>solid</lineMarking><trafficLightRef ref="21"/></stopLine>
            <laneletType>urban</laneletType><userOneWay>vehicle</userOneWay><trafficSignRef ref="20"/><trafficLightRef ref="21"/>
          </lanelet>
          <lanelet id="2">
            <leftBound><point><x>50</x><y>4</y></point><point><x>75</x><y>5</y></point><point><x>100</x><y>9</y></point></leftBound>
            <rightBound><point><x>50</x><y>0</y></point><point><x>75</x><y>1</y></point><point><x>101</x><y>5</y></point></rightBound>
            <predecessor ref="1"/><laneletType>intersection</laneletType>
          </lanelet>
          <lanelet id="3">
            <leftBound><point><x>0</x><y>8</y></point><point><x>50</x><y>8</y></point></leftBound>
            <rightBound><point><x>0</x><y>4</y></point><point><x>50</x><y>4</y></point></rightBound>
            <adjacentRight ref="1" drivingDir="same"/><userBidirectional>bus</userBidirectional>
          </lanelet>
          <trafficSign id="20"><trafficSignElement><trafficSignID>274</trafficSignID><additionalValue>13.9</additionalValue></trafficSignElement><virtual>true</virtual></trafficSign>
          <trafficLight id="21"><position><point><x>50</x><y>-1</y></point></position><cycle><cycleElement><duration>30</duration><color>green</color></cycleElement><cycleElement><duration>20</duration><color>red</color></cycleElement><timeOffset>5</timeOffset></cycle><direction>all</direction><active>true</active></trafficLight>
          <intersection id="22"><incoming id="23"><incomingLanelet ref="1"/><successorsStraight ref="2"/><isLeftOf ref="23"/></incoming><crossing><crossingLanelet ref="3"/></crossing></intersection>
          <staticObstacle id="30"><type>parkedVehicle</type><shape><rectangle><length>4</length><width>2</width><orientation>0.1</orientation><center><x>0</x><y>1</y></center></rectangle></shape><initialState><position><point><x>80</x><y>30</y></point></position><orientation><exact>0</exact></orientation><time><exact>0</exact></time></initialState></staticObstacle>
          <dynamicObstacle id="31"><type>car</type><shape><circle><radius>1.5</radius></circle></shape><initialState><position><point><x>5</x><y>6</y></point></position><orientation><exact>0</exact></orientation><time><exact>3</exact></time><velocity><exact>9</exact></velocity></initialState><trajectory><state><position><point><x>6</x><y>6</y></point></position><orientation><exact>6.3</exact></orientation><time><exact>4</exact></time></state><state><position><rectangle><length>1</length><width>1</width><center><x>9</x><y>6</y></center></rectangle></position><orientation><intervalStart>-0.1</intervalStart><intervalEnd>0.1</intervalEnd></orientation><time><exact>7</exact></time></state></trajectory></dynamicObstacle>
          <phantomObstacle id="32"><occupancySet><occupancy><shape><polygon><point><x>0</x><y>0</y></point><point><x>1</x><y>0</y></point><point><x>1</x><y>1</y></point></polygon></shape><time><intervalStart>2</intervalStart><intervalEnd>6</intervalEnd></time></occupancy></occupancySet></phantomObstacle>
          <environmentObstacle id="33"><type>building</type><shape><polygon><point><x>0</x><y>20</y></point><point><x>9</x><y>20</y></point><point><x>9</x><y>30</y></point></polygon></shape></environmentObstacle>
          <planningProblem id="40"><initialState><position><point><x>2</x><y>2</y></point></position><orientation><exact>0</exact></orientation><time><exact>0</exact></time><velocity><exact>10</exact></velocity><yawRate><exact>0</exact></yawRate></initialState><goalState><position><lanelet ref="2"/></position><time><intervalStart>20</intervalStart><intervalEnd>60</intervalEnd></time><orientation><intervalStart>-0.5</intervalStart><intervalEnd>0.5</intervalEnd></orientation></goalState><goalState><position><circle><radius>3</radius><center><x>70</x><y>2</y></center></circle></position><time><intervalStart>20</intervalStart><intervalEnd>60</intervalEnd></time></goalState></planningProblem>
        </commonRoad>
        """;

    public const string Scenario2018 = """
        <commonRoad commonRoadVersion="2018b" timeStepSize="0.1" benchmarkID="ZAM_Sample-2_1_T-1" tags="highway comfort">
          <lanelet id="1"><leftBound><point><x>1966000</x><y>570004</y></point><point><x>1966050</x><y>570004</y></point></leftBound><rightBound><point><x>1966000</x><y>570000</y></point><point><x>1966050</x><y>570000</y></point></rightBound><speedLimit>13.4112</speedLimit></lanelet>
          <obstacle id="5"><role>dynamic</role><type>car</type><shape><rectangle><length>4</length><width>2</width></rectangle></shape><initialState><position><point><x>1966020</x><y>570002</y></point></position><orientation><exact>0</exact></orientation><time><exact>0</exact></time></initialState></obstacle>
          <planningProblem id="5"><initialState><position><point><x>1966002</x><y>570002</y></point></position><orientation><exact>0</exact></orientation><time><exact>0</exact></time><velocity><exact>10</exact></velocity></initialState><goalState><time><intervalStart>20</intervalStart><intervalEnd>60</intervalEnd></time></goalState></planningProblem>
        </commonRoad>
        """;

    public const string Solution = """
        <CommonRoadSolution benchmark_id="[KS2,PM1]:[SM1,JB1]:ZAM_Sample-1_1_T-1:2020a" date="2021-01-01">
          <ksTrajectory planningProblem="40"><ksState><x>2</x><y>2</y><steeringAngle>0</steeringAngle><velocity>10</velocity><orientation>0</orientation><time>0</time></ksState><ksState><x>3</x><y>2</y><steeringAngle>0</steeringAngle><velocity>10</velocity><orientation>0</orientation><time>1</time></ksState></ksTrajectory>
          <pmInputVector planningProblem="40"><pmInput><xAcceleration>1</xAcceleration><yAcceleration>0</yAcceleration><time>0</time></pmInput></pmInputVector>
        </CommonRoadSolution>
        """;

    public static IReadOnlyList<string> Scenarios { get; } = [Scenario2020, Scenario2018];
}
